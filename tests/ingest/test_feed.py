"""RSS and Atom files."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.article import digest_id
from recommender.errors import InputError
from recommender.ingest.feed import MAX_BYTES, read_feed
from tests.ingest.reading_helpers import places, read

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:media="http://search.yahoo.com/mrss/"><channel><title>The Gull &amp; Co</title>
<language>en-gb</language>%s</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Atom Gull</title><entry><id>tag:gull,1</id>
<title type="html">A &lt;b&gt;bold&lt;/b&gt; wall</title><link rel="self" href="https://gull.example/self"/>
<link rel="alternate" href="https://gull.example/a"/><published>2022-01-06T09:41:00-05:00</published>
<updated>2022-01-07T00:00:00Z</updated><author><name>Jo</name></author><author><name>Al</name></author>
<category term="t" label="Tag"/><content type="html">&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</content>
</entry></feed>"""


def test_rss() -> None:
    item = (
        "<item><title>Wall falls</title><link>/news/1?utm_source=rss</link>"
        "<guid isPermaLink='false'>g1</guid>"
        "<pubDate>Thu, 06 Jan 2022 09:41:00 -0500</pubDate><author>desk@gull.example (Jane Doe)</author>"
        "<description>Short.</description><category>sea</category><category>sea</category>"
        "<content:encoded><![CDATA[<p>One.</p><p>Two.</p>"
        "<h3>Related</h3><ul><li><a href='/x'>Other</a></li></ul>]]>"
        "</content:encoded><media:thumbnail url='https://gull.example/i.jpg'/></item>"
    )
    (article,), tally = read(read_feed, RSS % item)
    assert article.id == article.url == "/news/1?utm_source=rss"
    assert (article.title, article.text) == ("Wall falls", "One.\n\nTwo.")
    assert article.published_at == datetime(2022, 1, 6, 14, 41, tzinfo=UTC)
    assert article.updated_at is None
    assert (article.authors, article.tags) == (("Jane Doe",), ("sea",))
    assert (article.source, article.language) == ("The Gull & Co", "en-gb")
    assert article.image_url == "https://gull.example/i.jpg"
    assert (tally.rejections, tally.notes) == ([], [])


def test_atom() -> None:
    (article,), tally = read(read_feed, ATOM)
    assert article.id == article.url == "https://gull.example/a"
    assert (article.title, article.text) == ("A bold wall", "One.\n\nTwo.")
    assert article.published_at == datetime(2022, 1, 6, 14, 41, tzinfo=UTC)
    assert article.updated_at == datetime(2022, 1, 7, tzinfo=UTC)
    assert (article.authors, article.tags, article.source) == (("Jo", "Al"), ("Tag",), "Atom Gull")
    assert tally.unreadable == {}


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("<link>https://g.example/1</link><guid>g</guid>", ("https://g.example/1", "https://g.example/1")),
        ("<guid isPermaLink='false'>g</guid>", ("g", None)),
        ("<guid>g</guid>", ("g", None)),
        ("<guid>https://g.example/2</guid>", ("https://g.example/2", "https://g.example/2")),
        ("", (digest_id("T", "B"), None)),
        (
            f"<link>https://g.example/{'x' * 600}</link><guid isPermaLink='false'>g</guid>",
            ("g", f"https://g.example/{'x' * 600}"),
        ),
    ],
)
def test_the_id_is_the_link_else_the_guid_else_a_digest(item: str, expected: tuple[str, str | None]) -> None:
    (article,), _ = read(read_feed, RSS % f"<item><title>T</title><description>B</description>{item}</item>")
    assert (article.id, article.url) == expected


@pytest.mark.parametrize(
    ("feed", "title"),
    [
        ("<title>AT&amp;T rises</title>", "AT&T rises"),
        ("<title>AT&amp;amp;T rises</title>", "AT&T rises"),  # in RSS a title that looks like HTML is HTML
        ("<title>Use of &amp;amp;lt; in HTML</title>", "Use of &lt; in HTML"),
        ("<title type='text'>Use of &amp;lt; in HTML</title>", "Use of &lt; in HTML"),
        ("<title type='html'>Use of &amp;amp;lt; in HTML</title>", "Use of &lt; in HTML"),
        ("<title type='html'>1 &amp;lt; 2</title>", "1 < 2"),
    ],
)
def test_a_title_is_unescaped_once(feed: str, title: str) -> None:
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry>{feed}</entry></feed>'
    (article,), _ = read(read_feed, atom if "type" in feed else RSS % f"<item>{feed}</item>")
    assert article.title == title


def test_an_entry_without_words_is_rejected() -> None:
    articles, tally = read(read_feed, RSS % "<item><title>T</title></item><item><guid>g</guid></item>")
    assert [article.title for article in articles] == ["T"]
    assert places(tally) == [(None, "entry 2: title and text are both blank")]


@pytest.mark.parametrize("when", ["yesterday", "99999-01-01", "?"])
def test_an_unreadable_date_is_left_out_and_counted(when: str) -> None:
    (article,), tally = read(read_feed, RSS % f"<item><title>T</title><pubDate>{when}</pubDate></item>")
    assert article.published_at is None
    assert tally.unreadable == {"published_at": 1}


def test_a_feed_that_is_cut_off_keeps_its_entries_and_is_noted() -> None:
    whole = RSS % "<item><title>T</title></item><item><title>U</title></item>"
    articles, tally = read(read_feed, whole[: whole.index("</channel>")], "f.rss")
    assert [article.title for article in articles] == ["T", "U"]
    ((source, note),) = tally.notes
    assert source == "f.rss"
    assert note.startswith("malformed feed, 2 entries read: ")


def test_an_empty_feed_is_fine_and_a_malformed_one_without_entries_is_not() -> None:
    assert read(read_feed, RSS % "")[0] == []
    with pytest.raises(InputError, match=r"^not a readable feed: "):
        read(read_feed, "<rss><channel><title>x")


def test_a_feed_that_is_too_large_is_refused() -> None:
    with pytest.raises(InputError, match=r"^the feed has more than 50000000 bytes$"):
        read(read_feed, b"x" * (MAX_BYTES + 1))


@pytest.mark.parametrize("data", ["http://127.0.0.1:9/feed", "/etc/passwd"])
def test_nothing_is_fetched_or_opened(data: str) -> None:
    with pytest.raises(InputError, match=r"^not a readable feed: "):
        read(read_feed, data)


@pytest.mark.timeout(20)
def test_entities_that_multiply_are_not_expanded() -> None:
    names = "abcdefghij"
    entities = "".join(
        f'<!ENTITY {name} "{f"&{before};" * 20}">' for before, name in itertools.pairwise(names)
    )
    item = "<item><title>&j;</title></item>"
    bomb = f'<!DOCTYPE l [<!ENTITY a "lollollol">{entities}]><rss><channel>{item}</channel></rss>'
    articles, _ = read(read_feed, bomb)
    assert all(len(article.title) < 1_000_000 for article in articles)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.sampled_from(["<item>", "</item>", "<title>", "<![CDATA[", "]]>", "&x;", "<a b='"])
        | st.text(max_size=8)
    )
)
def test_arbitrary_markup_becomes_articles_or_one_error(parts: list[str]) -> None:
    try:
        articles, _ = read(read_feed, RSS % "".join(parts).replace("%", ""))
    except InputError:
        return
    assert all(article.title or article.text for article in articles)
