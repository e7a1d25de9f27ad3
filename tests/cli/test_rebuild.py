from __future__ import annotations

import io
import json
import os
import re
import sys

import pytest

from recommender.store import Store
from tests.conftest import NEWSROOM, write_jsonl

STAGES = ("read", "embed", "words", "space", "candidates", "scores", "policy", "measure", "gate", "publish")


def tree(directory):
    return {
        path.relative_to(directory): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in [directory, *directory.rglob("*")]
    }


def test_the_report_in_words(run, source, tmp_path):
    ran = run("rebuild", source)
    name = Store(tmp_path / "index").current_name()
    assert ran.code == 0
    assert "read      9 records in 1 file\n" in ran.out
    assert "corpus    9 articles, 0 teasers among them" in ran.out
    assert "vectors   embedded 9 articles, reused 0\n" in ran.out
    assert re.search(
        r"^policy    pairs struck: text_too_short 0, .*, source_cap 0; below min_score \d+; "
        r"moved by recency 0, by diversity \d+$",
        ran.out,
        re.MULTILINE,
    )
    assert re.search(r"^lists +\d+ with items, \d+ without, at the floor 0\.50; ", ran.out, re.MULTILINE)
    stages = ", ".join(rf"{stage} \d+\.\d" for stage in STAGES)
    assert re.search(rf"^seconds +{stages}$", ran.out, re.MULTILINE)
    assert f"snapshot  {name} in index\n" in ran.out
    assert "storm-1  Storm nears\n" in ran.out
    assert ran.out.endswith("next: recommender similar <id> --index index\n")


def test_the_second_run_embeds_nothing(run, source, encoder):
    run("rebuild", source)
    encoder.encoded.clear()
    assert "embedded 0 articles, reused 9\n" in run("rebuild", source).out
    assert encoder.encoded == []


def test_why_lists_are_empty_is_said_and_only_what_there_is(run, source, tmp_path):
    assert "empty     too few articles 1\n" in run("rebuild", source).out
    records = [{"id": f"storm-{n}", "title": "Storm", "text": "storm storm storm"} for n in range(11)]
    others = [{"id": "v", "title": "Video"}, {"id": "lone", "title": "Honey", "text": "nothing else at all"}]
    said = run("rebuild", "--no-gate", write_jsonl(tmp_path / "many.jsonl", records + others)).out
    assert re.search(
        r"^empty +text too short to judge 1, best story below the floor \d+\n", said, re.MULTILINE
    )
    said = run("rebuild", "--no-gate", write_jsonl(tmp_path / "same.jsonl", records)).out
    assert "\nempty     all left out by the policy 11\n" in said  # copies of one another
    pair = [{**one, "text": f"{one['text']} {number}"} for number, one in enumerate(records)]
    assert "\nempty" not in run("rebuild", "--no-gate", write_jsonl(tmp_path / "full.jsonl", pair)).out


def test_what_the_best_story_needs_is_said_beside_the_floor(run, source, monkeypatch):
    monkeypatch.setenv("RECOMMENDER_MIN_BEST", "0.85")
    opened = run("rebuild", source).out
    assert ", at the floor 0.50 (0.85 for the best story of a list); " in opened
    monkeypatch.setenv("RECOMMENDER_MIN_BEST", "1")
    closed = run("rebuild", source, "--no-gate").out
    assert (
        "lists     0 with items, 9 without, at the floor 0.50 (1.00 for the best story of a list); " in closed
    )
    assert "lists     0 with" not in opened


def test_the_overlap_with_the_snapshot_before_is_said(run, source, tmp_path):
    assert "overlap" not in run("rebuild", source).out
    before = Store(tmp_path / "index").current_name()
    assert (
        f"overlap   1.00 (rank-biased) with {before} over the 9 articles in both; "
        "9 lists unchanged, 1 of them empty\n"
    ) in run("rebuild", source).out
    other = write_jsonl(tmp_path / "other.jsonl", [{"id": "x", "title": "Storm", "text": "storm"}])
    assert "overlap" not in run("rebuild", other).out  # nothing is in both


def test_equal_texts_are_embedded_once_and_both_are_counted(run, tmp_path):
    records = [{"id": f"copy-{number}", "title": "One", "text": "storm"} for number in range(3)]
    ran = run("rebuild", write_jsonl(tmp_path / "copies.jsonl", records))
    assert "embedded 3 articles (1 distinct text), reused 0\n" in ran.out


def test_a_stage_is_one_plain_line_on_stderr(run, source):
    lines = run("rebuild", source).err.splitlines()
    assert [re.sub(r"\d+\.\d", "0.0", line) for line in lines] == [
        "read: 9 done in 0.0 s",
        "embed: 9 done in 0.0 s",
        "words: 9 done in 0.0 s",
        "space: done in 0.0 s",
        "candidates: 9 done in 0.0 s",
        "scores: done in 0.0 s",
        "policy: done in 0.0 s",
        "measure: done in 0.0 s",
        "gate: done in 0.0 s",
        "publish: done in 0.0 s",
    ]


def test_bars_on_a_terminal(run, source, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal)
    assert run("rebuild", source).code == 0
    for stage in STAGES:
        assert stage in terminal.getvalue()
    assert "9 of 9" in terminal.getvalue()
    assert "━" in terminal.getvalue()


def test_json_is_the_build_report_and_nothing_else(run, source, tmp_path):
    ran = run("rebuild", source, "--json")
    report = json.loads(ran.out)
    assert ran.out.encode() == (tmp_path / "index" / "build.json").read_bytes()
    assert report["snapshot"] == Store(tmp_path / "index").current_name()
    assert report["read"]["records"] == 9


def test_what_was_left_out_is_said_with_its_place(run, tmp_path):
    records = [
        *({"id": f"a-{number}", "title": f"Storm {number}", "text": "storm"} for number in range(200)),
        *({"title": "No id", "text": "storm"} for _ in range(7)),
        {"id": "a-1", "title": "Again", "text": "storm", "published_at": "someday", "mood": "good"},
        {"id": "old", "title": "Old", "text": "storm", "published_at": "1999-01-01"},
    ]
    (tmp_path / "in").mkdir()
    write_jsonl(tmp_path / "in" / "a.jsonl", records)
    (tmp_path / "in" / "notes.md").write_text("no articles")
    ran = run("rebuild", "in", "--max-age-days", "3650")
    assert ran.code == 0
    assert "rejected     7 records\n" in ran.out
    assert "in/a.jsonl:201: " in ran.out
    assert "in/a.jsonl:205: " in ran.out
    assert "in/a.jsonl:206: " not in ran.out
    assert "all 7 are in index/rejected.jsonl\n" in ran.out
    assert "passed over  1 file or directory entry\n" in ran.out
    assert "in/notes.md has the suffix '.md'" in ran.out
    assert "duplicates   1 record " in ran.out
    assert "too old      1 article " in ran.out
    assert "unreadable   values left out: published_at 1\n" in ran.out
    assert "ignored      fields of another name: mood 1\n" in ran.out
    assert "... and 195 more articles\n" in ran.out
    assert len((tmp_path / "index" / "rejected.jsonl").read_text().splitlines()) == 7


def test_teasers_are_marked(run, tmp_path):
    linked = {"title": "Only a headline", "snippet": "storm", "url": "https://post.example/t"}
    records = [{"id": "page", "title": "Page", "text": "storm storm", "links": [linked]}]
    ran = run("rebuild", write_jsonl(tmp_path / "page.jsonl", records))
    assert "page  Page\n" in ran.out
    assert "https://post.example/t  teaser Only a headline\n" in ran.out
    assert "2 articles, 1 teaser among them; 0 of 1 link lead" in ran.out


def test_add_keeps_what_the_parent_has(run, source, tmp_path):
    run("rebuild", source)
    more = write_jsonl(tmp_path / "more.jsonl", [{"id": "new", "title": "New", "text": "goal goal"}])
    assert "corpus    10 articles" in run("rebuild", "--add", more).out
    assert "corpus    1 article," in run("rebuild", "--no-gate", more).out


@pytest.mark.parametrize("before", [False, True])
def test_a_dry_run_writes_nothing(run, source, tmp_path, before, encoder):
    if before:
        run("rebuild", source)
        encoder.encoded.clear()
    kept = tree(tmp_path)
    ran = run("rebuild", "--dry-run", source)
    assert ran.code == 0
    assert tree(tmp_path) == kept
    assert encoder.encoded == []
    assert ran.out.endswith("dry run: nothing was embedded, nothing was written\n")
    assert json.loads(run("rebuild", "--dry-run", "--json", source).out)["dry_run"] is True
    assert tree(tmp_path) == kept


def test_standard_input_is_a_source(run, monkeypatch):
    content = "".join(json.dumps(record) + "\n" for record in NEWSROOM).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert "9 records in 1 file" in run("rebuild", "-").out


def test_what_comes_from_outside_commands_no_terminal(run, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a\x1b]0;b.md").write_text("no articles")
    write_jsonl(
        tmp_path / "in" / "a.jsonl", [*NEWSROOM, {"id": "a-title", "title": "One \x1b[31m\u202e storm"}]
    )
    ran = run("rebuild", "in", "in/a\x1b]0;b.md/..")
    assert ran.code == 66
    ran = run("rebuild", "in")
    assert ran.code == 0
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out


@pytest.mark.parametrize("content", [b'{"id": "one", "title": "Storm", "text": "storm"}', b"{}"])
def test_a_path_that_is_no_utf_8_is_no_reason_to_fail(run, tmp_path, content):
    path = tmp_path / os.fsdecode(b"caf\xe9.jsonl")
    path.write_bytes(content)
    ran = run("rebuild", path, "--json")
    assert ran.code == (65 if content == b"{}" else 0)
    report = json.loads((tmp_path / "index" / "build.json").read_bytes())
    assert report["sources"] == [str(tmp_path / "caf\N{REPLACEMENT CHARACTER}.jsonl")]
