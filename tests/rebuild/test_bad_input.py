"""Everything that a source may get wrong, one test each: the build stops or goes on as the contract
says, the report counts it, and the snapshot that was there stays."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from recommender.errors import InputError, SourceNotFound
from recommender.rebuild import REJECTED_FILE, REPORT_FILE, Outcome, rebuild
from recommender.settings import load
from recommender.store import Store
from tests.conftest import NEWSROOM, NOW
from tests.fakes import FakeEncoder

GOOD = [json.dumps(record).encode() for record in NEWSROOM]


@pytest.fixture
def read(settings, tmp_path):
    """Rebuilds from lines of bytes: ``read(*lines, **settings)``."""

    def run(*lines: bytes, name: str = "articles.jsonl", **flags: object) -> Outcome:
        source = tmp_path / name
        source.write_bytes(b"".join(line + b"\n" for line in lines))
        return build_from(source, settings, **flags)

    return run


def build_from(source: Path | str, settings, **flags: object) -> Outcome:
    chosen = load({"index": settings.index} | flags, environ={})
    return rebuild([str(source)], chosen, now=NOW, encoder=FakeEncoder())


def rejected(settings) -> list[dict[str, object]]:
    return [json.loads(line) for line in (settings.index / REJECTED_FILE).read_bytes().splitlines()]


def report(settings) -> dict[str, object]:
    return json.loads((settings.index / REPORT_FILE).read_bytes())


def only_rejection(outcome: Outcome, settings, line: int, reason: str, article_id: str | None = None) -> None:
    """The other records are in, and the one on ``line`` is set aside with its place and the reason."""
    assert len(outcome.snapshot) == len(GOOD)
    assert outcome.report.read["rejected"] == 1
    assert outcome.report.read["records"] == len(GOOD) + 1
    (found,) = rejected(settings)
    assert found["file"] == outcome.report.sources[0]
    assert (found["line"], found["id"]) == (line, article_id)
    assert reason in found["reason"]


# Sources


def test_a_missing_file(settings, tmp_path):
    with pytest.raises(SourceNotFound, match="nowhere") as caught:
        build_from(tmp_path / "nowhere.jsonl", settings)
    assert caught.value.exit_code == 66
    assert Store(settings.index).names() == []


def test_an_empty_directory(settings, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"no article found in .*empty") as caught:
        build_from(tmp_path / "empty", settings)
    assert caught.value.exit_code == 65
    assert report(settings)["refused"] == str(caught.value)
    assert report(settings)["snapshot"] is None


def test_an_empty_file(read, settings):
    with pytest.raises(InputError, match="no article found"):
        read()
    assert Store(settings.index).names() == []


def test_a_file_of_no_known_format(read, settings):
    read(*GOOD)
    with pytest.raises(InputError, match=r"suffix '\.doc'") as caught:
        read(*GOOD, name="articles.doc")
    assert report(settings)["refused"] == str(caught.value)
    assert report(settings)["snapshot"] is None


def test_a_directory_with_files_of_no_known_format(settings, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "notes.doc").write_bytes(b"notes")
    (folder / "articles.jsonl").write_bytes(b"\n".join(GOOD))
    outcome = build_from(folder, settings)
    assert len(outcome.snapshot) == len(GOOD)
    (passed,) = outcome.report.read["passed_over"]
    assert passed["path"].endswith("notes.doc")


def test_a_directory_of_nothing_that_can_be_read(settings, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "notes.doc").write_bytes(b"notes")
    with pytest.raises(InputError, match="1 files were passed over"):
        build_from(folder, settings)


# Lines


def test_a_line_that_is_not_json(read, settings):
    only_rejection(read(GOOD[0], b'{"id": "x", "ti', *GOOD[1:], max_rejected=1), settings, 2, "not JSON")


@pytest.mark.parametrize("line", [b"[]", b'"text"', b"1", b"null", b"true"])
def test_a_line_that_is_no_object(read, settings, line):
    only_rejection(read(*GOOD, line, max_rejected=1), settings, len(GOOD) + 1, "expected an object")


def test_a_line_that_is_not_utf_8(read, settings):
    bad = '{"id": "x", "title": "Größe"}'.encode("latin-1")
    only_rejection(read(bad, *GOOD, max_rejected=1), settings, 1, "not UTF-8: byte 0xf6 at column 25")


def test_a_raw_nul_byte(read, settings):
    bad = b'{"id": "x", "title": "Storm\x00"}'
    only_rejection(read(*GOOD, bad, max_rejected=1), settings, len(GOOD) + 1, "not JSON")


def test_an_escaped_nul_in_a_text_is_cleaned_away(read):
    outcome = read(rb'{"id": "x", "title": "Storm\u0000 nears", "text": "\u0000storm\u0000"}')
    assert outcome.snapshot.article(0).title == "Storm nears"
    assert outcome.snapshot.article(0).text == "storm"


def test_an_escaped_nul_in_an_id(read, settings):
    bad = rb'{"id": "x\u0000", "title": "Storm"}'
    only_rejection(read(*GOOD, bad, max_rejected=1), settings, len(GOOD) + 1, "control character U+0000")


def test_a_byte_order_mark(read):
    outcome = read(b"\xef\xbb\xbf" + GOOD[0], *GOOD[1:])
    assert outcome.snapshot.ids.id(0) == "storm-1"
    assert outcome.report.read["rejected"] == 0


def test_gzip_that_ends_early_publishes_nothing(settings, tmp_path):
    """What is missing cannot be counted, and would leave every list."""
    whole = gzip.compress(b"\n".join(GOOD * 50))
    source = tmp_path / "articles.jsonl.gz"
    source.write_bytes(whole)
    before = build_from(source, settings).snapshot
    source.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="gzip data ends early") as caught:
        build_from(source, settings, max_rejected=1)
    assert caught.value.exit_code == 65
    assert before is not None
    assert Store(settings.index).current_name() == before.name
    assert "gzip data ends early" in json.loads((settings.index / REPORT_FILE).read_bytes())["refused"]


# Records


def test_a_record_without_an_id(read, settings):
    bad = b'{"title": "Storm", "text": "storm"}'
    only_rejection(read(*GOOD, bad, max_rejected=1), settings, len(GOOD) + 1, "id is missing")


@pytest.mark.parametrize("value", ["null", "1.5", "true", "[]", "{}", '""'])
def test_an_id_of_the_wrong_type(read, settings, value):
    bad = f'{{"id": {value}, "title": "Storm"}}'.encode()
    only_rejection(read(*GOOD, bad, max_rejected=1), settings, len(GOOD) + 1, "id")


def test_a_record_without_title_and_text(read, settings):
    bad = rb'{"id": "x", "title": " \u200b ", "text": "\n", "section": "US"}'
    only_rejection(
        read(*GOOD, bad, max_rejected=1), settings, len(GOOD) + 1, "title and text are both blank", "x"
    )


def test_optional_values_of_the_wrong_type_are_left_out_and_counted(read):
    outcome = read(
        b'{"id": 7, "title": ["a"], "text": "storm", "section": 1, "authors": 2, "links": "x", "tags": {}}'
    )
    article = outcome.snapshot.article(0)
    assert (article.id, article.title, article.text) == ("7", "", "storm")
    assert (article.section, article.authors, article.links, article.tags) == (None, (), (), ())
    assert outcome.report.read["unreadable"] == dict.fromkeys(
        ("title", "section", "authors", "links", "tags"), 1
    )
    assert outcome.report.read["rejected"] == 0


def test_an_unreadable_date_is_left_out_and_counted(read):
    outcome = read(*GOOD[1:], b'{"id": "x", "title": "Storm", "published_at": "yesterday"}')
    assert outcome.snapshot.article(outcome.snapshot.ids.row("x")).published_at is None
    assert outcome.report.read["unreadable"] == {"published_at": 1}
    assert outcome.report.read["rejected"] == 0


def test_fields_of_other_names_are_ignored_and_named(read):
    outcome = read(b'{"id": "x", "title": "Storm", "colour": "blue", "mood": 1}')
    assert outcome.report.read["ignored_fields"] == {"colour": 1, "mood": 1}


def test_duplicate_ids_the_later_update_wins_and_it_is_counted(read):
    lines = [
        {"id": "x", "title": "Newest", "updated_at": "2022-01-03T00:00:00Z"},
        {"id": "y", "title": "Between"},
        {"id": "x", "title": "Older", "updated_at": "2022-01-02T00:00:00Z"},
    ]
    outcome = read(*(json.dumps(line).encode() for line in lines))
    assert [article.title for article in outcome.snapshot.articles()] == ["Newest", "Between"]
    assert outcome.report.read["duplicates"] == outcome.report.corpus["duplicates"] == 1


def test_duplicate_ids_without_an_update_the_later_line_wins(read):
    outcome = read(b'{"id": "x", "title": "First"}', b'{"id": "x", "title": "Second"}')
    assert [article.title for article in outcome.snapshot.articles()] == ["Second"]
    assert outcome.report.read["duplicates"] == 1


def test_ids_that_differ_in_composition_alone_are_one(read):
    outcome = read('{"id": "café", "title": "A"}'.encode(), '{"id": "cafe\u0301", "title": "B"}'.encode())
    assert list(outcome.snapshot.ids) == ["caf\u00e9"]
    assert outcome.report.read["duplicates"] == 1


# How much is too much


def test_too_many_rejections_stop_the_build(read, settings):
    first = read(*GOOD)
    with pytest.raises(InputError, match=r"1 of 10 records are unusable, at most 5% may be") as caught:
        read(*GOOD, b"{}")
    assert caught.value.exit_code == 65
    assert "articles.jsonl:10: id is missing" in str(caught.value)
    assert Store(settings.index).current_name() == first.snapshot.name
    assert len(rejected(settings)) == 1
    assert report(settings)["refused"] == str(caught.value)
    assert report(settings)["snapshot"] is None


@pytest.mark.parametrize(("share", "stops"), [(0.1, False), (0.0999, True), (0, True), (1, False)])
def test_the_share_of_rejections_is_a_setting(read, settings, share, stops):
    if stops:
        with pytest.raises(InputError, match="max_rejected"):
            read(*GOOD, b"{}", max_rejected=share)
        assert Store(settings.index).names() == []
    else:
        assert len(read(*GOOD, b"{}", max_rejected=share).snapshot) == len(GOOD)


def test_one_in_twenty_is_let_through_by_default(read):
    lines = [json.dumps({"id": number, "title": f"Storm {number}"}).encode() for number in range(19)]
    assert len(read(*lines, b"{}").snapshot) == 19


def test_nothing_but_rejections_is_no_article(read, settings):
    with pytest.raises(InputError, match=r"no article found in .*; the first is .*:1: not JSON"):
        read(b"oops", max_rejected=1)
    assert len(rejected(settings)) == 1
