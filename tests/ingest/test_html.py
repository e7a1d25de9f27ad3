"""HTML pages: text, metadata, the page's own recommendations."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.article import Link, digest_id
from recommender.ingest.html import MAX_BYTES, extract_page, fragment_text, read_html
from tests.ingest.reading_helpers import places, read

BODY = (
    "<p>The outer wall of the harbour fell on Thursday night after three days of wind, and nobody was"
    " hurt.</p><p>Boats were moved to the inner basin, and repairs may take until the summer.</p>"
)
HEAD = """<meta charset="utf-8"><title>Harbour wall falls - The Daily Gull</title>
<meta property="og:site_name" content="The Daily Gull">
<meta property="og:title" content="Harbour wall falls - The Daily Gull">
<link rel="canonical" href="https://www.gull.example/news/harbour">
<meta property="article:published_time" content="2022-01-06T09:41:00-05:00">
<meta property="article:modified_time" content="2022-01-06T16:00:00Z">
<meta property="article:section" content="Local"><meta name="author" content="Jane Doe">
<meta property="og:image" content="https://www.gull.example/i.jpg"><meta name="keywords" content="sea, wall">
"""


def page(body: str, head: str = HEAD) -> str:
    return f'<!doctype html><html lang="en-GB"><head>{head}</head><body>{body}</body></html>'


def test_a_whole_page() -> None:
    (article,), tally = read(read_html, page(f"<article><h1>Harbour wall falls</h1>{BODY}</article>"))
    assert article.id == article.url == "https://www.gull.example/news/harbour"
    assert article.title == "Harbour wall falls"
    assert article.text.startswith("The outer wall of the harbour")
    assert article.text.endswith(
        "\n\nBoats were moved to the inner basin, and repairs may take until the summer."
    )
    assert article.published_at == datetime(2022, 1, 6, 14, 41, tzinfo=UTC)
    assert article.updated_at == datetime(2022, 1, 6, 16, tzinfo=UTC)
    assert (article.section, article.source, article.language) == ("Local", "The Daily Gull", "en-GB")
    assert (article.authors, article.tags) == (("Jane Doe",), ("sea", "wall"))
    assert article.image_url == "https://www.gull.example/i.jpg"
    assert tally.records == 0  # counted where readers are called


RECOMMENDED = [
    # a section headed by the words
    "<section><h2>Recommended Stories</h2><ul><li><a href='/1'>Ferry cancelled</a><p>No ferry.</p></li>"
    "<li><a href='https://o.example/2'>Far quake</a></li></ul></section>",
    # heading and list side by side
    "<h3>Related:</h3><ul><li><a href='/1'>Ferry cancelled</a><p>No ferry.</p></li>"
    "<li><a href='https://o.example/2'>Far quake</a></li></ul>",
    # the heading in a header with a link of its own
    "<aside><header><h2>More from The Gull</h2><a href='/all'>See all</a></header>"
    "<div><a href='/1'><h3>Ferry cancelled</h3><p>No ferry.</p></a></div>"
    "<div><a href='https://o.example/2'><img src='x'></a><h3><a href='https://o.example/2'>Far quake</a></h3>"
    "</div></aside>",
    # flat: heading, anchors and snippets in one element
    "<div><p><strong>Read next</strong></p><h4><a href='/1'>Ferry cancelled</a></h4><p>No ferry.</p>"
    "<h4><a href='https://o.example/2'>Far quake</a></h4></div>",
    # siblings in the article itself
    "<h2>You may also like</h2><h4><a href='/1'>Ferry cancelled</a></h4><p>No ferry.</p>"
    "<h4><a href='https://o.example/2'>Far quake</a></h4>",
    # several anchors in an item: the one in a heading is the story
    "<section aria-label='Recommended Stories'><ul><li><a href='/sea'>A long category name here</a>"
    "<h3><a href='/1'>Ferry cancelled</a></h3><p>No ferry.</p></li>"
    "<li><a href='https://o.example/2'>Far quake</a> <a href='#c'>Comments</a></li></ul></section>",
    # cards
    "<div><div><h2>Related stories</h2></div>"
    "<article><a href='/1'>Ferry cancelled</a><p>No ferry.</p></article>"
    "<article><a href='https://o.example/2'>Far quake</a></article></div>",
]


@pytest.mark.parametrize("inside", [True, False], ids=["in the article", "after the article"])
@pytest.mark.parametrize("block", RECOMMENDED, ids=range(len(RECOMMENDED)))
def test_the_pages_own_recommendations_are_links_and_no_text(block: str, inside: bool) -> None:
    article = f"<article><h1>Harbour wall falls</h1>{BODY}"
    article += f"{block}</article>" if inside else f"</article>{block}"
    found = extract_page(page(article))
    assert found is not None
    assert found.links == (
        Link("Ferry cancelled", "No ferry.", "https://www.gull.example/1"),
        Link("Far quake", "", "https://o.example/2"),
    )
    assert found.title == "Harbour wall falls"
    assert [paragraph[:10] for paragraph in found.text.split("\n\n")] == ["The outer ", "Boats were"]


def test_prose_after_a_list_in_the_middle_of_the_article_stays() -> None:
    block = "<h3>Related</h3><ul><li><a href='/1'>Ferry cancelled</a></li></ul>"
    more = "<p>The council meets on Monday to speak about <a href='/m'>money</a> for the wall.</p>"
    found = extract_page(page(f"<article><h1>Harbour wall falls</h1>{BODY}{block}{more}</article>"))
    assert found is not None
    assert [link.title for link in found.links] == ["Ferry cancelled"]
    assert found.text.endswith("The council meets on Monday to speak about money for the wall.")


LONG = "The council will meet on Monday in the old hall to speak about what the wall has cost so far. " * 2


@pytest.mark.parametrize(
    ("body", "titles", "paragraphs"),
    [
        # a box that comes first in the element that holds the article
        (
            f"<div><div><b>Related</b> <a href='/1'>Ferry</a></div><p>{LONG}</p><p>{LONG} two</p></div>",
            ["Ferry"],
            2,
        ),
        (f"<div><h3>Related</h3><ul><li><a href='/1'>Ferry</a></li></ul><p>{LONG}</p></div>", ["Ferry"], 1),
        # prose with a link in it, after stories without a list
        (
            f"<article><h3>Read next</h3><h4><a href='/1'>Ferry</a></h4>"
            f"<p>{LONG}<a href='/m'>m</a></p></article>",
            ["Ferry"],
            1,
        ),
        # one snippet a story: what follows it is prose
        (
            f"<article><h3>Read next</h3><h4><a href='/1'>Ferry</a></h4>"
            f"<p>{LONG}1</p><p>{LONG}2</p></article>",
            ["Ferry"],
            1,
        ),
        # a line between heading and list
        (
            f"<section><h2>Related</h2><p>For you</p><ul><li><a href='/1'>F</a></li></ul>"
            f"</section><p>{LONG}</p>",
            ["F"],
            1,
        ),
        # a heading without any link is prose's own
        (f"<article><h2>Related</h2><p>{LONG}</p></article>", [], 1),
    ],
    ids=range(6),
)
def test_prose_beside_a_block_stays(body: str, titles: list[str], paragraphs: int) -> None:
    found = extract_page(page(f"<header><h1>Harbour wall falls</h1></header>{body}"))
    assert found is not None
    assert [link.title for link in found.links] == titles
    assert len(found.text.split("\n\n")) == paragraphs
    assert "council" in found.text


def test_what_everybody_reads_is_neither_text_nor_link() -> None:
    block = "<div><h3>Most read</h3><ol><li><a href='/p'>Celebrity wedding in the hills</a></li></ol></div>"
    found = extract_page(page(f"<article><h1>Harbour wall falls</h1>{BODY}{block}</article>"))
    assert found is not None
    assert found.links == ()
    assert "Celebrity" not in found.text


def test_furniture_stays_out_and_the_same_words_in_prose_stay_in() -> None:
    furniture = (
        "<ul><li>Oops!<br>Something went wrong.<br>Please try again later.</li></ul>"
        "<p>Oops! Something went wrong. Please try again later.</p><p>Advertisement</p>"
        "<p>Sign up for our morning newsletter.</p><p>Get the week's best in your inbox.</p>"
        "<p>We use cookies to make this site better.</p><p>Comments are closed.</p>"
        "<p>This is a safe and engaging place for users to connect, so be kind.</p>"
    )
    prose = "<p>He told readers of the club's newsletter that something went wrong, and to sign up.</p>"
    found = extract_page(page(f"<article><h1>Harbour wall falls</h1>{furniture}{BODY}{prose}</article>"))
    assert found is not None
    assert [paragraph[:10] for paragraph in found.text.split("\n\n")] == [
        "The outer ",
        "Boats were",
        "He told re",
    ]


def test_without_a_canonical_url_the_id_is_a_digest() -> None:
    found = extract_page(page(f"<article><h1>Harbour</h1>{BODY}</article>", "<title>Harbour | Gull</title>"))
    assert found is not None
    assert (found.id, found.url) == (digest_id(found.title, found.text), None)
    assert (found.title, found.published_at) == ("Harbour", None)


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Wall falls | Gull</title>", "", "Wall falls"),
        ("<title>Wall - falls</title>", "", "Wall - falls"),
        ('<meta property="og:title" content="Wall falls | Gull">', "<h1>Wall falls</h1>", "Wall falls"),
        ('<meta property="og:title" content="Wall falls">', "<h1>Gull</h1>", "Wall falls"),
        ("<title>Gull</title>", "<h1>Wall <em>falls</em></h1>", "Wall falls"),
    ],
)
def test_titles_come_without_the_sites_name(head: str, body: str, title: str) -> None:
    found = extract_page(page(body + BODY, head))
    assert found is not None
    assert found.title == title


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<meta itemprop="datePublished" content="2022-01-06">', datetime(2022, 1, 6, tzinfo=UTC)),
        (
            '<meta name="date" content="2022-01-06"><script type="application/ld+json">'
            '{"@graph": [{"@type": ["NewsArticle"], "datePublished": "2022-01-06T09:41:00Z"}]}</script>',
            datetime(2022, 1, 6, 9, 41, tzinfo=UTC),
        ),
        ('<script type="application/ld+json">{broken</script>', None),
        ('<script type="application/ld+json">' + "[" * 50_000 + "</script>", None),
    ],
)
def test_publication_times(head: str, expected: datetime | None) -> None:
    found = extract_page(page(BODY, head))
    assert found is not None
    assert found.published_at == expected


def test_a_time_element_dates_the_page() -> None:
    stamp = '<time datetime="2022-01-06T09:41:00+00:00">Thursday</time>'
    found = extract_page(page(f"<article><h1>Wall</h1>{stamp}{BODY}</article>", ""))
    assert found is not None
    assert found.published_at == datetime(2022, 1, 6, 9, 41, tzinfo=UTC)


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-16", ""),
        ("cp1252", ""),
        ("cp1252", '<meta charset="nobody-knows">'),
        ("iso8859-2", '<meta charset="iso-8859-2">'),
    ],
)
def test_encodings(encoding: str, head: str) -> None:
    found = extract_page(
        page("<p>Tr\u00e1vn\u00edk \u00e9 said so in the town that he comes from.</p>", head).encode(encoding)
    )
    assert found is not None
    assert found.text.startswith("Tr\u00e1vn\u00edk \u00e9")


@pytest.mark.parametrize("data", [b"", b"   ", b"<!-- nothing -->", b"<html><body></body></html>", b"\0\0"])
def test_a_page_without_title_and_text_is_rejected(data: bytes) -> None:
    articles, tally = read(read_html, data)
    assert articles == []
    assert places(tally) == [(None, "the page has neither a title nor text")]


def test_a_page_that_is_too_large_is_rejected() -> None:
    _, tally = read(read_html, b"<p>" + b"x" * MAX_BYTES)
    assert places(tally) == [(None, "the page has more than 10000000 bytes")]
    with pytest.raises(ValueError, match="more than 10000000 bytes"):
        extract_page("x" * (MAX_BYTES + 1))


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "data",
    [
        "<h2>Related</h2>" * 2_000,
        "<h2>Related</h2><ul>" + "<li><a href='/x'>y</a></li>" * 2_000 + "</ul>",
        "<h2>Related</h2>" + "<div>" * 200 + "<a href='http://[::1'>x</a><a href='javascript:x()'>y</a>",
    ],
)
def test_hostile_pages_do_not_hold_or_break_the_reader(data: str) -> None:
    page = extract_page("<title>The wall</title><p>It fell.</p>" + data)
    assert page is not None
    assert (page.title, page.text.split("\n")[0]) == ("The wall", "It fell.")


@pytest.mark.timeout(20)
def test_what_is_nested_too_deeply_to_parse_is_no_page() -> None:
    assert extract_page("<div>" * 100_000 + "words") is None


def test_a_tag_with_more_attributes_than_any_page_has_is_refused() -> None:
    names = " ".join(f"a{number}" for number in range(1_001))
    reason = "a tag has more than 1,000 attributes"
    for markup in (
        f"<p {names}>",
        f'<p a=">" {names}>',
        f"<p/{names.replace(' ', '/')}>",
        f'<p ="><b {names}',
    ):
        assert places(read(read_html, page(f"{BODY}{markup}"))[1]) == [(None, reason)]
    assert fragment_text(f"<p {names}>words</p>") == ""


@pytest.mark.timeout(20)
def test_long_tags_with_few_attributes_and_many_tags_pass() -> None:
    image = "data:image/png;base64," + "AAA/BBB+ \n" * 50_000
    path = "M 10 10 " * 5_000
    unquoted = image.replace(" \n", "")
    long = f'<img src="{image}"><img src={unquoted}><svg><path d="{path}"/></svg>'
    for markup in (long, "<b a>" * 1_100 + "</b>" * 1_100, "<i " * 900 + "=" * 100_000):
        found = extract_page(page(f"<article><h1>Harbour wall falls</h1>{BODY}</article>{markup}"))
        assert found is not None
        assert found.text.startswith("The outer wall")


@pytest.mark.parametrize(
    "after", ["Get our newsletter delivered to your inbox.", "Comments are closed on this page."]
)
def test_a_plug_after_the_cards_is_no_snippet(after: str) -> None:
    cards = "<h3>Recommended for you</h3><div><a href='/1'><h4>Ferry cancelled</h4></a></div>"
    for block in (
        f"{cards}<p>{after}</p>",
        f"{cards.removesuffix('</div>')}<p>{after}</p><p>No ferry.</p></div>",
    ):
        found = extract_page(page(f"<article><h1>Harbour wall falls</h1>{BODY}</article>{block}"))
        assert found is not None
        assert [(link.title, link.snippet) for link in found.links] in (
            [("Ferry cancelled", "")],
            [("Ferry cancelled", "No ferry.")],
        )
        assert after not in found.text


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<h2>Related</h2>",
                "<ul><li>",
                "<a href=/x>",
                "</a>",
                "<section>",
                "</section>",
                "<",
                "&#0;",
            ]
        )
        | st.text(max_size=10),
        max_size=20,
    )
)
def test_arbitrary_markup_never_breaks_the_reader(parts: list[str]) -> None:
    article = extract_page("".join(parts))
    assert article is None or article.title or article.text


def test_fragments_keep_every_paragraph() -> None:
    assert (
        fragment_text("<p>One <b>two</b>.</p>Three<br>four<p>Advertisement</p>")
        == "One two.\n\nThree\n\nfour"
    )
    assert fragment_text("") == fragment_text("<p></p>") == ""


@pytest.mark.parametrize(
    "before",
    [
        "<script>for (var i = 0; i <n; i++) { }" + " var x = y[1] + 1;" * 400 + "</script>",
        "<style>" + "a <b c " * 2000 + "</STYLE>",
        "<!-- <a " + "b " * 2000 + "-->",
    ],
)
def test_what_looks_like_a_tag_inside_a_script_is_none(before: str) -> None:
    body = f"<html><head>{before}</head><body><h1>The wall</h1><p>{'The wall fell into the sea. ' * 20}</p>"
    article = extract_page(body)
    assert article is not None
    assert article.text.startswith("The wall fell into the sea.")


@pytest.mark.parametrize("before", ['<!-- <a b=" -->', "<!-- never closed ", "<script><style>"])
def test_a_comment_does_not_hide_a_tag_of_too_many_attributes(before: str) -> None:
    attributes = " ".join(f"a{number}" for number in range(1500))
    with pytest.raises(ValueError, match="more than 1,000 attributes"):
        extract_page(f'<html><body>{before}<div {attributes} c=""></div>')
