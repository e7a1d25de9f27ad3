"""Articles of one text, and that each text counts once however often it is there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.candidates import COPIES, find
from recommender.copies import Copies, copies_among
from recommender.corpus import assemble
from recommender.lexical import bags_of
from recommender.space import Space
from recommender.statistics import fit
from tests.fakes import make_article
from tests.lexical.test_table import table_of
from tests.test_candidates import as_lists, rows_of

LONG = "one two three four five six " * 5


def groups(*articles):
    return copies_among(articles).group.tolist()


def test_texts_by_hand():
    one = make_article("b", LONG, title="A title")
    again = make_article("a", LONG.upper().replace(" ", "  "), title=" a TITLE")
    other = make_article("c", "more " + LONG, title="A title")
    found = copies_among([one, other, again])
    assert found.group.tolist() == [0, 1, 0]
    assert found.members.tolist() == [2, 0, 1]  # a before b
    assert found.offsets.tolist() == [0, 2, 3]
    assert (found.first.tolist(), found.sizes.tolist(), len(found)) == ([2, 1], [2, 1], 2)


def test_the_title_counts_however_long_the_text_is():
    assert groups(make_article("a", LONG, title="One"), make_article("b", LONG, title="Two")) == [0, 1]
    texts = [("Storm", "Read more"), ("Vote", "Read more"), ("storm ", "read  MORE"), ("Storm", "")]
    made = [make_article(f"a{place}", text, title=title) for place, (title, text) in enumerate(texts)]
    assert groups(*made) == [0, 1, 0, 2]


def test_what_comes_after_the_opening_does_not_count():
    hundred = " ".join(f"word{number}" for number in range(100))
    one = make_article("a", hundred + " and the rest", title="One")
    made = [
        one,
        make_article("b", hundred + " Copyright the Gazette", title="One"),
        make_article("c", hundred, title="One"),
        make_article("d", "A byline " + hundred, title="One"),
    ]
    assert groups(*made) == [0, 0, 0, 1]
    assert copies_among(made).stands_for.tolist() == [0, 0, 0, 3]


def test_one_opening_with_another_story_after_it_is_another_text():
    opening = " ".join(f"word{number}" for number in range(100))
    ends = [" ".join(f"{name}{number}" for number in range(40)) for name in ("storm", "goal")]
    made = [
        make_article(name, f"{opening} {end}", title="Today") for name, end in zip("ab", ends, strict=True)
    ]
    assert groups(*made) == [0, 1]
    # 100 words in common of 100 and 25 more, and of 100 and 26 more.
    assert groups(
        make_article("a", opening, title="T"), make_article("b", f"{opening} {words(25)}", title="T")
    ) == [0, 0]
    assert groups(
        make_article("a", opening, title="T"), make_article("b", f"{opening} {words(26)}", title="T")
    ) == [0, 1]


def words(count):
    return " ".join(f"more{number}" for number in range(count))


def test_nothing_has_no_copies():
    assert (len(copies_among([])), copies_among([]).first.tolist()) == (0, [])


@given(st.lists(st.integers(0, 3), max_size=12), st.randoms())
def test_the_order_of_articles_makes_no_difference(texts, random):
    made = [make_article(f"a{place:02}", str(text) + LONG, title="T") for place, text in enumerate(texts)]
    turned = random.sample(made, len(made))

    def named(articles):
        found = copies_among(articles)
        members = [articles[row].id for row in found.members]
        return {tuple(members[a:b]) for a, b in zip(found.offsets[:-1], found.offsets[1:], strict=True)}

    assert named(made) == named(turned)


# As candidates


def copies_of(*group):
    """Of articles whose ids are in row order."""
    numbers = np.array(group, dtype=np.int64)
    order = np.argsort(numbers, kind="stable")
    return Copies(numbers, order, np.concatenate([[0], np.cumsum(np.bincount(numbers))]).astype(np.int64))


def space_of(unit, *terms):
    return Space(unit, table_of(*terms), table_of(*[{}] * len(unit)))


def test_copies_take_one_place_among_the_nearest():
    # 1 to 4 are one text, nearer to 0 than 5 is; of two nearest one is that text, and one is 5.
    unit = rows_of([1, 0], *[[0.8, 0.6]] * 4, [0.6, 0.8])
    space = space_of(unit, *[{}] * 6)
    assert as_lists(find(space, depth=1))[0] in ([1], [2], [3], [4])
    found = as_lists(find(space, copies_of(0, 1, 1, 1, 1, 2), depth=2))
    assert found[0] == [1, 2, 3, 4, 5]
    assert found[5] == [0, 1, 2, 3, 4]
    for row in (1, 2, 3, 4):
        assert found[row] == [other for other in range(6) if other != row]


def test_so_many_articles_of_one_text_are_listed():
    # The first by id; the others find all that the first finds, and those.
    unit = rows_of([1, 0], *[[0.8, 0.6]] * 8)
    found = as_lists(find(space_of(unit, *[{0: 1}] * 9), copies_of(0, *[1] * 8)))
    listed = list(range(1, 1 + COPIES))
    assert found[0] == listed
    assert found[1] == [0, *listed[1:]]
    assert found[8] == [0, *listed]


def test_what_is_known_of_terms_is_of_the_pair_itself():
    space = space_of(rows_of([1, 0], [0.8, 0.6], [0.8, 0.6]), {0: 1}, {0: 1, 1: 1}, {0: 1, 2: 1})
    found = find(space, copies_of(0, 1, 1))
    assert as_lists(found) == [[1, 2], [0, 2], [0, 1]]
    known = ~np.isnan(found.lexical)
    pairs = list(zip(found.queries()[known].tolist(), found.rows[known].tolist(), strict=True))
    assert pairs == [(0, 1), (1, 0)]
    expected = space.terms.cosines_of_pairs(np.array([0, 1]), np.array([1, 0]))
    assert found.lexical[known].tolist() == pytest.approx(expected.tolist())


def test_without_copies_it_is_the_plain_search():
    unit = rows_of([1, 0], [0.6, 0.8], [0, 1], [-1, 0])
    space = space_of(unit, {0: 1}, {0: 1, 1: 1}, {1: 1}, {})
    plain, same = find(space, depth=2), find(space, copies_of(0, 1, 2, 3), depth=2)
    assert as_lists(plain) == as_lists(same)
    assert plain.lexical.tobytes() == same.lexical.tobytes()


def test_all_articles_are_counted_off():
    done: list[int] = []
    find(space_of(rows_of(*[[1, 0]] * 5), *[{}] * 5), copies_of(0, 1, 1, 1, 2), advance=done.append)
    assert sum(done) == 5


def test_the_words_of_one_text_are_not_common_for_being_there_often():
    """In a build the statistics are of the texts."""
    corpus = assemble(
        [make_article(f"w{n}", LONG, title="T") for n in range(30)] + [make_article("o", "other")]
    )
    bags, once = bags_of(corpus.articles), copies_among(corpus.articles).first
    vectors = np.tile(np.array([[1, 0]], dtype=np.float32), (31, 1))
    assert fit(vectors[once], bags.at(once), "fake:1").articles == 2
