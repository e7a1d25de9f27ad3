from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from recommender.article import title_key
from recommender.service.titles import Titles
from recommender.snapshot.records import item_fragment
from tests.fakes import make_article


class Shelf:
    """Stands in for a snapshot."""

    def __init__(self, titles):
        self._titles = titles

    def __len__(self):
        return len(self._titles)

    def item(self, row):
        return item_fragment(make_article(str(row), "text", title=self._titles[row]))


TITLE = st.text('aAb \u00df\n"', max_size=6)


@given(titles=st.lists(TITLE, max_size=8), sought=TITLE.map(title_key).filter(bool))
def test_it_finds_what_a_look_at_each_finds(titles, sought):
    found = Titles(Shelf(titles)).containing(sought)
    assert found.tolist() == [sought in title_key(title) for title in titles]
