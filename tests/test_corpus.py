"""Ids and rows, and what assembling settles: the same id twice, and what a page's links point to."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.article import Article, Link, digest_id
from recommender.corpus import Corpus, Ids, assemble
from recommender.errors import ArticleNotFound
from tests.fakes import make_article

EARLY = datetime(2022, 1, 3, tzinfo=UTC)
LATE = datetime(2022, 1, 4, tzinfo=UTC)


def page(article_id, *links, **fields):
    return make_article(article_id, "words", links=links, **fields)


def listed(corpus):
    """Every source list that is not empty, by ids."""
    return {
        corpus.ids.id(row): [corpus.ids.id(target) for target in targets]
        for row, targets in enumerate(corpus.source_lists)
        if targets
    }


def teasers(corpus):
    return [article for article in corpus.articles if article.teaser]


# Ids and rows

NFC_TEXT = st.text(min_size=1, max_size=12).map(lambda text: unicodedata.normalize("NFC", text))


@settings(deadline=None)
@given(st.lists(NFC_TEXT, unique=True))
def test_ids_and_rows_go_round(raw):
    ids = Ids(raw)
    assert list(ids) == [ids.id(row) for row in range(len(ids))] == raw
    assert [ids.row(article_id) for article_id in raw] == list(range(len(raw)))
    assert [ids.resolve(article_id) for article_id in raw] == list(range(len(raw)))
    assert all(article_id in ids for article_id in raw)


@settings(deadline=None)
@given(st.lists(NFC_TEXT, unique=True), st.text(max_size=12))
def test_an_unknown_id_has_no_row(raw, text):
    ids = Ids(raw)
    if unicodedata.normalize("NFC", text) in raw:
        assert raw[ids.row(text)] == unicodedata.normalize("NFC", text)
    else:
        assert text not in ids
        with pytest.raises(ArticleNotFound):
            ids.row(text)


@pytest.mark.parametrize("row", [-1, -2, 2, 10**12])
def test_a_row_out_of_range_never_indexes(row):
    with pytest.raises(IndexError, match=f"row {row} is outside 0..1"):
        Ids(["a", "b"]).id(row)


def test_no_ids():
    ids = Ids([])
    assert (len(ids), list(ids), "a" in ids) == (0, [], False)
    with pytest.raises(IndexError):
        ids.id(0)
    with pytest.raises(ArticleNotFound, match="no article has the id 'a'; 0 articles are known"):
        ids.row("a")


def test_an_id_that_stands_twice_is_refused():
    with pytest.raises(ValueError, match="2 ids stand twice, expected each once"):
        Ids(["a", "b", "a", "a"])


def test_an_id_is_looked_up_composed():
    ids = Ids(["caf\u00e9-opens", "b"])
    assert "cafe\u0301-opens" in ids
    assert (
        ids.row("cafe\u0301-opens") == ids.resolve("cafe\u0301-opens") == ids.resolve("cafe\u0301-ope") == 0
    )


def test_what_is_no_text_is_no_id():
    assert 1 not in Ids(["1"])
    assert None not in Ids(["1"])


def test_the_error_carries_the_id_as_it_was_asked_for():
    with pytest.raises(ArticleNotFound) as caught:
        Ids(["a"]).row("cafe\u0301")
    assert caught.value.article_id == "cafe\u0301"


def test_a_prefix_of_eight_characters_that_only_one_id_has_will_do():
    ids = Ids(["12345678-a", "12345678-b", "2345678", "12345679", "12345679-and-more"])
    assert ids.resolve("12345678-b") == 1
    assert ids.resolve("12345679-") == 4
    assert ids.resolve("12345679") == 3  # an id in full, though another begins with it
    assert ids.resolve("2345678") == 2  # an id in full may be short


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1234567", "no article has the id '1234567'; a prefix needs 8 or more characters"),
        ("", "no article has the id ''; a prefix needs 8 or more characters"),
        ("12345678", "2 ids begin with '12345678'"),
        ("12345678-c", "no article has an id that is or begins with '12345678-c'"),
        ("2345678-", "no article has an id that is or begins with '2345678-'"),
    ],
)
def test_a_prefix_that_is_short_or_shared_or_nobodys_is_refused(text, message):
    with pytest.raises(ArticleNotFound) as caught:
        Ids(["12345678-a", "12345678-b", "x2345678-"]).resolve(text)
    assert str(caught.value).startswith(message)
    assert caught.value.article_id == text


@settings(deadline=None)
@given(st.lists(st.text("ab", min_size=7, max_size=10), unique=True), st.text("ab", max_size=10))
def test_a_prefix_finds_an_id_exactly_if_it_is_long_enough_and_unique(raw, prefix):
    beginning = [article_id for article_id in raw if article_id.startswith(prefix)]
    if prefix in raw:
        expected = prefix
    elif len(prefix) >= 8 and len(beginning) == 1:
        expected = beginning[0]
    else:
        expected = None
    try:
        found = raw[Ids(raw).resolve(prefix)]
    except ArticleNotFound:
        found = None
    assert found == expected


def test_lengths_that_differ_are_refused():
    article = make_article("a")
    with pytest.raises(ValueError, match="1 articles, 0 source lists and 1 ids; expected as many of each"):
        Corpus((article,), (), Ids(["a"]))


# The same id twice


def test_an_empty_corpus():
    corpus = assemble([])
    assert (len(corpus), corpus.articles, corpus.source_lists) == (0, (), ())
    assert corpus.counts == {
        "duplicates": 0,
        "left_out": 0,
        "teasers": 0,
        "links": 0,
        "links_resolved": 0,
        "links_unknown": 0,
    }


def test_articles_stand_in_reading_order():
    articles = [make_article(article_id) for article_id in ("b", "a", "c")]
    corpus = assemble(iter(articles))
    assert corpus.articles == tuple(articles)
    assert list(corpus.ids) == ["b", "a", "c"]
    assert corpus.source_lists == ((), (), ())


@pytest.mark.parametrize(
    ("first", "second", "winner"),
    [
        (None, None, "second"),
        (EARLY, LATE, "second"),
        (LATE, EARLY, "first"),
        (LATE, LATE, "second"),
        (LATE, None, "second"),
        (None, EARLY, "second"),
    ],
)
def test_the_later_update_wins_else_the_later_line(first, second, winner):
    corpus = assemble(
        [
            make_article("a", "first", updated_at=first),
            make_article("b"),
            make_article("a", "second", updated_at=second),
        ]
    )
    assert list(corpus.ids) == ["a", "b"]  # the winner stands where the first stood
    assert corpus.articles[0].text == winner
    assert corpus.counts["duplicates"] == 1


def test_every_repeat_is_counted():
    assert assemble([make_article("a", str(n)) for n in range(4)]).counts["duplicates"] == 3
    assert assemble([make_article("a", str(n)) for n in range(4)]).articles[0].text == "3"


def test_the_same_moment_in_two_zones_is_a_tie():
    other_zone = LATE.astimezone(timezone(timedelta(hours=-5)))
    corpus = assemble(
        [make_article("a", "first", updated_at=LATE), make_article("a", "second", updated_at=other_zone)]
    )
    assert corpus.articles[0].text == "second"


def test_the_loser_leaves_no_links_behind():
    corpus = assemble([page("a", Link("From the loser"), updated_at=EARLY), page("a", updated_at=LATE)])
    assert list(corpus.ids) == ["a"]
    assert corpus.counts["links"] == 0


# A parent's articles


def test_the_parents_articles_come_first_and_lose_against_any_new_one():
    parent = [make_article("a", "old", updated_at=LATE), make_article("b", "old"), make_article("c", "old")]
    new = [make_article("d", "new"), make_article("b", "new"), make_article("a", "new", updated_at=EARLY)]
    corpus = assemble(new, parent=parent)
    assert [(article.id, article.text) for article in corpus.articles] == [
        ("a", "new"),
        ("b", "new"),
        ("c", "old"),
        ("d", "new"),
    ]
    assert corpus.counts["duplicates"] == 0  # replacing a parent's article is no repeat


def test_new_articles_with_a_parents_id_are_settled_among_themselves():
    parent = [make_article("a", "old", updated_at=LATE)]
    new = [make_article("a", "first", updated_at=LATE), make_article("a", "second", updated_at=EARLY)]
    corpus = assemble(new, parent=parent)
    assert corpus.articles[0].text == "first"
    assert corpus.counts["duplicates"] == 1


def test_a_parents_teasers_are_made_anew_from_its_links():
    parent = assemble([page("a", Link("Kept", url="u:1")), page("b", Link("Gone", url="u:2"))])
    corpus = assemble([page("b"), page("c", Link("Kept", url="u:1"))], parent=parent.articles)
    assert list(corpus.ids) == ["a", "u:1", "b", "c"]
    assert listed(corpus) == {"a": ["u:1"], "c": ["u:1"]}
    assert corpus.counts["duplicates"] == 0


def test_a_parents_teaser_becomes_the_article_that_has_come():
    parent = assemble([page("a", Link("Story", url="u:1"))])
    corpus = assemble([make_article("story", title="Story")], parent=parent.articles)
    assert list(corpus.ids) == ["a", "story"]
    assert listed(corpus) == {"a": ["story"]}
    assert not teasers(corpus)


# What links point to


def test_each_page_stands_before_its_linked_stories():
    corpus = assemble(
        [
            page("a", Link("One", "first", id="t1"), Link("Two", id="t2")),
            page("b", Link("Two", id="t2"), Link("A", id="a"), Link("Three", id="t3")),
        ]
    )
    assert list(corpus.ids) == ["a", "t1", "t2", "b", "t3"]
    assert listed(corpus) == {"a": ["t1", "t2"], "b": ["t2", "a", "t3"]}
    assert corpus.counts == {
        "duplicates": 0,
        "left_out": 0,
        "teasers": 3,
        "links": 5,
        "links_resolved": 1,
        "links_unknown": 0,
    }


def test_a_teaser_holds_title_and_snippet_and_nothing_else():
    corpus = assemble([page("a", Link("Storm lands", "Rain too.", url="https://post.example/s", id="s"))])
    assert corpus.articles[1] == Article(
        id="s", title="Storm lands", text="Rain too.", url="https://post.example/s", teaser=True
    )


@pytest.mark.parametrize(
    ("link", "teaser_id"),
    [
        (Link("T", "S", url="https://post.example/s", id="s"), "s"),
        (Link("T", "S", url="https://post.example/s"), "https://post.example/s"),
        (Link("T", "S", url="https://post.example/s", id=""), "https://post.example/s"),
        (Link("T", "S", url="u", id="x" * 513), "u"),
        (Link("T", "S", url="u", id="a\nb"), "u"),
        (Link("T", "S", url="x" * 513, id="a\nb"), digest_id("T", "S")),
        (Link("T", "S"), digest_id("T", "S")),
        (Link("T", "S", id="cafe\u0301"), "caf\u00e9"),
    ],
)
def test_a_teasers_id_is_the_links_else_its_url_else_a_digest(link, teaser_id):
    corpus = assemble([page("a", link)])
    assert list(corpus.ids) == ["a", teaser_id]
    assert listed(corpus) == {"a": [teaser_id]}


@pytest.mark.parametrize(
    "link",
    [
        Link("Another title", id="story"),
        Link("Another title", url="story"),
        Link("Another title", url="https://post.example/caf\u00e9"),
        Link("Another title", id="https://post.example/cafe\u0301"),
        Link("Another title", id="unknown", url="https://post.example/cafe\u0301"),
        Link("Storm Nears"),
        Link("  storm\u00a0 NEARS ", "a snippet", id="unknown", url="https://elsewhere.example"),
        Link("storm nears", id="bad\nid"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("written", ["https://post.example/caf\u00e9", "https://post.example/cafe\u0301"])
def test_a_link_is_the_article_of_its_id_url_or_title_whatever_the_reading_order(link, written):
    articles = [
        page("one", link),
        make_article("story", title="Storm nears", url=written),
        page("two", link),
    ]
    for order in permutations(articles):
        corpus = assemble(order)
        assert corpus.articles == order
        assert listed(corpus) == {"one": ["story"], "two": ["story"]}
        assert corpus.counts == {
            "duplicates": 0,
            "left_out": 0,
            "teasers": 0,
            "links": 2,
            "links_resolved": 2,
            "links_unknown": 0,
        }


def test_id_goes_before_url_and_url_before_title():
    articles = [
        make_article("by-title", title="Storm nears"),
        make_article("by-url", title="Two", url="https://post.example/s"),
        make_article("by-id", title="Three"),
    ]
    link = Link("Storm nears", id="by-id", url="https://post.example/s")
    assert listed(assemble([page("a", link), *articles])) == {"a": ["by-id"]}
    link = Link("Storm nears", id="unknown", url="https://post.example/s")
    assert listed(assemble([page("a", link), *articles])) == {"a": ["by-url"]}
    link = Link("Storm nears", id="unknown", url="unknown")
    assert listed(assemble([page("a", link), *articles])) == {"a": ["by-title"]}


def test_an_id_goes_before_the_same_url_of_another_article():
    articles = [make_article("a", url="https://post.example/s"), make_article("https://post.example/s")]
    link = Link("T", url="https://post.example/s")
    assert listed(assemble([*articles, page("p", link)])) == {"p": ["https://post.example/s"]}


def test_of_several_articles_with_one_title_or_url_a_link_is_the_first():
    articles = [make_article(article_id, title="Same", url="u:same") for article_id in ("x", "y")]
    assert listed(assemble([page("a", Link("Same")), page("b", Link("T", url="u:same")), *articles])) == {
        "a": ["x"],
        "b": ["x"],
    }


def test_a_blank_title_is_nobodys():
    corpus = assemble([make_article("untitled", "words", title=""), page("a", Link(" ", "words", id="t"))])
    assert listed(corpus) == {"a": ["t"]}


def test_a_link_without_words_is_an_article_or_is_left_out_and_counted():
    bare = [Link("", id="a"), Link("", url="u:b"), Link(" ", "\n", id="nobody"), Link("", url="u:nobody")]
    corpus = assemble([page("p", *bare, Link("", "snippet", id="t")), page("a"), page("b", url="u:b")])
    assert list(corpus.ids) == ["p", "t", "a", "b"]
    assert listed(corpus) == {"p": ["a", "b", "t"]}
    assert corpus.counts == {
        "duplicates": 0,
        "left_out": 0,
        "teasers": 1,
        "links": 5,
        "links_resolved": 2,
        "links_unknown": 2,
    }


def test_equal_teasers_from_several_pages_are_one():
    by_url, by_digest = Link("One", "snippet", url="u:1"), Link("Two", "snippet")
    corpus = assemble([page(name, by_url, by_digest) for name in ("a", "b", "c")])
    assert len(teasers(corpus)) == corpus.counts["teasers"] == 2
    assert listed(corpus) == {name: ["u:1", digest_id("Two", "snippet")] for name in ("a", "b", "c")}


def test_of_teasers_with_one_id_the_first_page_has_the_words():
    corpus = assemble([page("a", Link("One", id="t")), page("b", Link("Two", id="t"))])
    assert [teaser.title for teaser in teasers(corpus)] == ["One"]


@pytest.mark.parametrize(
    "link", [Link("T", id="a"), Link("T", url="https://post.example/a"), Link("about  A")], ids=repr
)
def test_a_link_to_the_page_itself_is_left_out_and_makes_no_teaser(link):
    corpus = assemble([page("a", link, Link("B", id="b"), url="https://post.example/a")])
    assert list(corpus.ids) == ["a", "b"]
    assert listed(corpus) == {"a": ["b"]}
    assert corpus.counts["links"] == 2


def test_a_story_that_a_page_links_to_twice_stands_once_where_it_stood_first():
    corpus = assemble([page("a", Link("B", id="b"), Link("C", id="c"), Link("B again", id="b"))])
    assert listed(corpus) == {"a": ["b", "c"]}
    assert corpus.counts == {
        "duplicates": 0,
        "left_out": 0,
        "teasers": 2,
        "links": 3,
        "links_resolved": 0,
        "links_unknown": 0,
    }


@pytest.mark.parametrize("article_first", [True, False])
def test_a_teaser_never_takes_the_place_of_an_article(article_first):
    # A page without URL or title has a digest for its id, and so has a link with the same words.
    article = Article(id=digest_id("", "words"), title="", text="words", section="Weather")
    linking = page("a", Link("", "words"))
    corpus = assemble([article, linking] if article_first else [linking, article])
    assert article in corpus.articles
    assert listed(corpus) == {"a": [article.id]}
    assert corpus.counts == {
        "duplicates": 0,
        "left_out": 0,
        "teasers": 0,
        "links": 1,
        "links_resolved": 1,
        "links_unknown": 0,
    }


def test_teasers_among_the_input_are_not_taken_over():
    corpus = assemble([Article("t", "Teaser", "", teaser=True), page("a", Link("Another", id="t"))])
    assert [article.title for article in teasers(corpus)] == ["Another"]
    assert corpus.counts["duplicates"] == 0


LINKS = st.builds(
    Link,
    title=st.sampled_from(["", "About a", "about B", "T", "U"]),
    snippet=st.sampled_from(["", "s"]),
    url=st.sampled_from([None, "u:a", "u:b", "u:t"]),
    id=st.sampled_from([None, "a", "b", "t", "bad\n"]),
)
PAGES = st.lists(
    st.builds(
        lambda article_id, links: page(article_id, *links, url=f"u:{article_id}"),
        st.sampled_from("abc"),
        st.lists(LINKS, max_size=4),
    ),
    max_size=5,
)


@settings(deadline=None)
@given(PAGES, PAGES)
def test_whatever_is_read_ids_lists_and_counts_agree(articles, parent):
    corpus = assemble(articles, parent=parent)
    full = {article.id for article in [*articles, *parent]}
    assert [article.id for article in corpus.articles] == list(corpus.ids)
    assert {article.id for article in corpus.articles if not article.teaser} == full
    assert corpus.counts["teasers"] == len(corpus) - len(full)
    for row, targets in enumerate(corpus.source_lists):
        assert row not in targets
        assert len(set(targets)) == len(targets) <= len(corpus.articles[row].links)
        assert all(0 <= target < len(corpus) for target in targets)
    # Assembling what was assembled changes nothing.
    assert assemble(corpus.articles).articles == corpus.articles
    assert assemble(corpus.articles).source_lists == corpus.source_lists


def test_an_article_turned_down_is_neither_there_nor_a_teaser():
    """Nor is it on the source list of a page that links to it."""
    page = make_article("page", "storm", links=(Link("About old"), Link("Elsewhere"), Link("", id="old")))
    corpus = assemble([page, make_article("old", "storm")], keep=lambda article: article.id != "old")
    assert [article.title for article in corpus.articles] == ["About page", "Elsewhere"]
    assert corpus.source_lists == ((1,), ())
    assert corpus.counts == {
        "duplicates": 0,
        "left_out": 1,
        "teasers": 1,
        "links": 3,
        "links_resolved": 2,
        "links_unknown": 0,
    }
