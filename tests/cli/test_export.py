from __future__ import annotations

import csv
import io
import json
import stat
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.candidates import DEPTH
from recommender.cli.export import comma_separated, jsonl, parquet
from recommender.overlay import OVERLAY_FILE, Overlay
from recommender.recommend import Recommender
from recommender.store import Store
from tests.conftest import NEWSROOM

COLUMNS = ["id", "rank", "item_id", "score"]


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def rows(exported):
    return [
        (line["id"], rank, item["id"], item["score"])
        for line in exported
        for rank, item in enumerate(line["items"], start=1)
    ]


def from_csv(text):
    found = list(csv.reader(io.StringIO(text, newline="")))
    assert found[0] == COLUMNS
    return [(one, int(rank), item, float(score)) for one, rank, item, score in found[1:]]


def from_parquet(path):
    table = pq.read_table(path)
    assert table.column_names == COLUMNS
    return [tuple(row.values()) for row in table.to_pylist()]


def test_a_line_an_article_in_corpus_order_also_for_empty_lists(run, index):
    ran = run("export")
    assert ran.code == 0
    assert ran.err == ""
    exported = lines(ran.out)
    assert [line["id"] for line in exported] == [record["id"] for record in NEWSROOM]
    assert all(list(line) == ["id", "items"] for line in exported)
    assert all(list(item) == ["id", "score"] for line in exported for item in line["items"])
    assert [line["items"] for line in lines(run("export", "--min-score", 1).out)] == [[]] * len(NEWSROOM)


@pytest.mark.parametrize("flags", [[], ["--limit", 2], ["--min-score", 0], ["--min-score", 0.3]])
def test_lists_are_those_of_similar(run, index, flags):
    for line in lines(run("export", *flags).out):
        similar = json.loads(run("similar", line["id"], "--json", *flags).out)
        assert line["items"] == [{"id": item["id"], "score": item["score"]} for item in similar["items"]]


@pytest.mark.parametrize("flags", [[], ["--policy", "none", "--min-score", 0], ["--min-score", 1]])
def test_the_formats_agree(run, index, tmp_path, flags):
    expected = rows(lines(run("export", *flags).out))
    assert from_csv(run("export", "--format", "csv", *flags).out) == expected
    assert run("export", "--format", "parquet", "--out", "lists.parquet", *flags).code == 0
    assert from_parquet(tmp_path / "lists.parquet") == expected


def test_the_bare_ranking_leaves_out_the_article_itself_and_nothing_else(run, build, index):
    copies = [{"id": f"copy-{n}", "title": "Storm", "text": "storm " * 40} for n in range(4)]
    short = [{"id": "short", "title": "Storm", "text": ""}]
    build([*copies, *short, {"id": "court", "title": "Court rules", "text": "court court"}])
    bare = lines(run("export", "--policy", "none", "--min-score", 0, "--limit", 100).out)
    everyone = {line["id"] for line in bare}
    for line in bare:
        assert {item["id"] for item in line["items"]} == everyone - {line["id"]}
        assert [item["score"] for item in line["items"]] == sorted(
            (item["score"] for item in line["items"]), reverse=True
        )
    judged = lines(run("export", "--min-score", 0).out)
    assert [item["id"] for item in judged[0]["items"]] == ["court"]


@pytest.mark.parametrize("policy", ["default", "none"])
@pytest.mark.parametrize("format", ["jsonl", "csv"])
def test_what_was_taken_down_is_nowhere(run, index, policy, format):
    (index / OVERLAY_FILE).write_bytes(Overlay(3, frozenset({"storm-2", "lone"})).encode())
    ran = run("export", "--policy", policy, "--min-score", 0, "--format", format)
    assert ran.code == 0
    assert "storm-1" in ran.out
    assert "storm-2" not in ran.out
    assert "lone" not in ran.out


def test_a_limit_beyond_the_stored_depth_is_said_on_stderr(run, build, index):
    build([{"id": f"s-{n:03}", "title": f"Storm {n}", "text": "storm " * (n % 7 + 1)} for n in range(130)])
    ran = run("export", "--policy", "none", "--min-score", 0, "--limit", 500)
    assert ran.code == 0
    assert {len(line["items"]) for line in lines(ran.out)} == {DEPTH}
    assert (
        ran.err
        == f"recommender: note: --limit 500 is beyond the stored depth: lists hold at most {DEPTH} items\n"
    )
    assert run("export", "--limit", DEPTH).err == ""


def test_the_file_is_replaced_whole_or_not_at_all(run, index, tmp_path, monkeypatch):
    out = tmp_path / "lists.jsonl"
    out.write_text("old")
    assert run("export", "--out", out).code == 0
    fresh = out.read_text()
    assert fresh == run("export", "--out", "-").out
    monkeypatch.setattr(Recommender, "listed", lambda *a, **k: 1 / 0)
    assert run("export", "--out", out).code == 1
    assert out.read_text() == fresh
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".tmp"] == []


def test_a_link_stays_a_link(run, index, tmp_path):
    (tmp_path / "real.jsonl").write_text("old")
    (tmp_path / "link.jsonl").symlink_to("real.jsonl")
    assert run("export", "--out", "link.jsonl").code == 0
    assert (tmp_path / "link.jsonl").is_symlink()
    assert len((tmp_path / "real.jsonl").read_text().splitlines()) == len(NEWSROOM)


def test_a_device_is_left_alone(run, index):
    assert run("export", "--out", "/dev/null").code == 2
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_no_article_is_read_for_an_export(run, index, monkeypatch):
    monkeypatch.setattr("recommender.snapshot.Snapshot.article", lambda self, row: 1 / 0)
    assert run("export").code == 0


def test_listed_is_similar_without_a_bound(index, build):
    build([{"id": f"s-{n:03}", "title": f"Storm {n}", "text": "storm " * (n % 7 + 1)} for n in range(70)])
    recommender = Recommender(Store(index).open_current())
    found, scores = recommender.listed(3, limit=1000, min_score=0)
    similar = recommender.similar("s-003", limit=50, min_score=0)
    assert (similar.rows, similar.scores) == (found[:50], scores[:50])
    with pytest.raises(IndexError):
        recommender.listed(-1, limit=1)


ids = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
lists = st.lists(st.tuples(ids, st.lists(st.tuples(ids, st.floats(0, 1)), max_size=4)), max_size=8)


@given(lists)
def test_any_id_survives_in_every_format(tmp_path_factory, given_lists):
    expected = [(one, rank, *item) for one, items in given_lists for rank, item in enumerate(items, start=1)]
    assert rows([json.loads(line) for line in jsonl(given_lists)]) == expected
    assert from_csv(b"".join(comma_separated(given_lists)).decode()) == expected
    assert from_parquet(io.BytesIO(b"".join(parquet(given_lists)))) == expected
