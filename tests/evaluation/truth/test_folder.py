"""A folder of labelled files: what each file is taken for, and what stops the reading."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from recommender.errors import InputError, SourceNotFound
from recommender.evaluation.truth import from_folder
from tests.evaluation.truth.conftest import Write

NEWS: list[dict[str, Any]] = [
    {"id": "a", "text": "storm", "event": "storm"},
    {"id": "b", "text": "storm again", "event": "storm"},
    {"id": "c", "text": "court", "event": "court"},
]
PLAIN: list[dict[str, Any]] = [
    {"id": "x", "text": "rocket"},
    {"id": "y", "text": "goal"},
    {"id": "z", "text": "vote"},
]
GRADED: list[dict[str, Any]] = [
    {"id_a": "a", "id_b": "b", "grade": 3},
    {"id_a": "a", "id_b": "q", "grade": 2, "text_b": "market", "url_b": "https://post.example/q"},
    {"id_a": "q", "id_b": "c", "grade": 1},
]
MATRIX = "1 2 3\n0 1 4\n0 0 1\n"


def test_each_kind_is_recognised_and_all_are_one_corpus(write: Write, tmp_path: Path) -> None:
    write("news.jsonl.gz", NEWS)
    write("plain.ndjson", PLAIN)
    write("plain_similarities.txt", MATRIX)
    write("more/news_pairs.jsonl", GRADED)
    write("judged.qrels", "a 0 x 1\nq 0 y 2\n")
    write("qrels.txt", "b 0 z 1\n")
    write("more/desk-qrels.txt", "c 0 a 1\n")
    write("README.md", "# Notes")
    write("notes.txt", "Just a line.")
    collection = from_folder(tmp_path)
    assert collection.name == tmp_path.name
    assert list(collection.corpus.ids) == ["a", "b", "c", "x", "y", "z", "q"]
    assert {one.name: (one.kind, one.relevance) for one in collection.qrels} == {
        "news": ("events", {"a": {"b": 2}, "b": {"a": 2}, "c": {}}),
        "judged": ("qrels", {"a": {"x": 1}, "q": {"y": 2}}),
        "qrels": ("qrels", {"b": {"z": 1}}),
        "more/desk": ("qrels", {"c": {"a": 1}}),
    }
    assert [one.judged for one in collection.qrels if one.kind == "qrels"] == [None] * 3
    assert {one.name: (one.ids, one.grades) for one in collection.pairs} == {
        "plain": ((("x", "y"), ("x", "z"), ("y", "z")), (2.0, 3.0, 4.0)),
        "more/news": ((("a", "b"), ("a", "q"), ("q", "c")), (3.0, 2.0, 1.0)),
    }
    (note,) = collection.notes
    assert note.startswith("2 files were passed over: README.md has the suffix '.md'; notes.txt ")
    assert str(tmp_path) not in note


def test_a_name_that_is_taken_is_followed_by_the_file_s_own(write: Write, tmp_path: Path) -> None:
    write("news.jsonl", NEWS)
    write("news.qrels", "a 0 b 1\n")
    write("news_similarities.txt", MATRIX)
    collection = from_folder(tmp_path)
    assert [one.name for one in collection.qrels] == ["news", "news.qrels"]
    assert [one.name for one in collection.pairs] == ["news_similarities.txt"]


def test_a_label_in_any_record_makes_a_file_of_events(write: Write, tmp_path: Path) -> None:
    write("news.jsonl", [*PLAIN, NEWS[0]])
    (qrels,) = from_folder(tmp_path).qrels
    assert (qrels.queries, qrels.judged) == (("a",), {"a"})


def test_pages_and_their_linked_stories_join_the_corpus(write: Write, tmp_path: Path) -> None:
    write("news.jsonl", NEWS)
    write("page.jsonl", [{"id": "page", "text": "vote", "links": [{"id": "linked", "title": "A story"}]}])
    write("judged.qrels", "page 0 linked 2\n")
    collection = from_folder(tmp_path)
    assert list(collection.corpus.ids) == ["a", "b", "c", "page", "linked"]
    assert collection.corpus.source_lists[3] == (4,)


def test_the_order_of_files_is_that_of_their_names(write: Write, tmp_path: Path) -> None:
    for name in ("b/1.jsonl", "a.jsonl", "b.jsonl", "B.jsonl"):
        write(name, [{"id": name, "text": "word", "event": name}])
    collection = from_folder(tmp_path)
    assert list(collection.corpus.ids) == ["B.jsonl", "a.jsonl", "b/1.jsonl", "b.jsonl"]
    assert [one.name for one in collection.qrels] == ["B", "a", "b/1", "b"]


def test_links_to_folders_are_not_followed(write: Write, tmp_path: Path) -> None:
    write("news.jsonl", NEWS)
    (tmp_path / "again").symlink_to(tmp_path)
    collection = from_folder(tmp_path)
    assert len(collection.corpus) == 3
    assert collection.notes == ("1 files were passed over: again is neither a file nor a folder",)


def test_rejected_records_are_noted_up_to_the_limit(write: Write, tmp_path: Path) -> None:
    write("news.jsonl", [*NEWS, {"id": "empty", "event": "storm"}])
    with pytest.raises(
        InputError, match=r"1 of 4 records are unusable, at most 5% .*news\.jsonl:4: title and"
    ):
        from_folder(tmp_path)
    collection = from_folder(tmp_path, max_rejected=0.25)
    assert collection.notes == (
        "1 of 4 records were rejected; the first is news.jsonl:4: title and text are both blank",
    )
    assert collection.qrels[0].notes == (
        "1 labels belong to records that ingestion rejected, and were dropped",
    )
    assert "empty" not in collection.qrels[0].relevance


def test_an_id_twice_in_one_file_is_settled_and_noted(write: Write, tmp_path: Path) -> None:
    write("news.jsonl", [*NEWS, {"id": "a", "text": "newer"}])
    collection = from_folder(tmp_path)
    assert collection.corpus.articles[0].text == "newer"
    assert collection.notes == ("1 records had the id of another one, which replaced them or was replaced",)


def test_an_article_that_two_files_of_pairs_bring_is_one(write: Write, tmp_path: Path) -> None:
    write("news.jsonl", [*NEWS, {"id": "q", "text": "market", "title": "Whole"}])
    write(
        "one_pairs.jsonl", [*GRADED[:1], {"id_a": "n", "id_b": "b", "grade": 2, "text_a": "new"}, *GRADED[2:]]
    )
    write(
        "two_pairs.jsonl", [*GRADED[:1], {"id_a": "n", "id_b": "c", "grade": 1, "text_a": "new"}, *GRADED[2:]]
    )
    collection = from_folder(tmp_path)
    assert list(collection.corpus.ids) == ["a", "b", "c", "q", "n"]
    assert [one.name for one in collection.pairs] == ["one", "two"]


def test_extracts_of_one_page_in_two_files_are_settled_and_noted(write: Write, tmp_path: Path) -> None:
    page = {"url_a": "https://post.example/a", "url_b": "https://post.example/q"}
    write("news.jsonl", [{**NEWS[0], "url": page["url_a"]}, *NEWS[1:]])
    for name, words in (("1", "market"), ("2", "market and more"), ("3", "short")):
        pairs = [GRADED[0], {**GRADED[1], **page, "text_a": "of the storm", "text_b": words}, GRADED[2]]
        write(f"{name}_pairs.jsonl", pairs)
    collection = from_folder(tmp_path)
    assert [article.text for article in collection.corpus.articles] == [
        *(record["text"] for record in NEWS),
        "market and more",
    ]
    assert collection.notes == (
        "2 articles stood with other words in a second file: the words of a file of articles are used, "
        "else the longer ones",
    )


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "holds nothing, and none with labels; looked for NAME_similarities.txt beside NAME.jsonl"),
        ({"plain.jsonl": PLAIN, "x_similarities.txt": MATRIX}, "holds 2 files, and none with labels"),
        ({"judged.qrels": "a 0 b 1"}, "found labels, and no article that they could be about"),
        (
            {"a.jsonl": NEWS, "b.jsonl": NEWS[:1]},
            "article 'a' stands in DIR/a.jsonl and in DIR/b.jsonl, expected",
        ),
        (
            {"a.jsonl": NEWS, "p.jsonl": [{**GRADED[0], "text_a": "not the storm"}, *GRADED[1:]]},
            "article 'a' stands in DIR/a.jsonl and in DIR/p.jsonl, with different texts",
        ),
        (
            {
                "a.jsonl": NEWS,
                "p.jsonl": GRADED,
                "q.jsonl": [GRADED[0], {**GRADED[1], "text_b": "else", "url_b": None}, GRADED[2]],
            },
            "article 'q' stands in DIR/p.jsonl and in DIR/q.jsonl, with different texts",
        ),
        (
            {"p.jsonl": GRADED},
            "p.jsonl: 3 of 4 ids are unknown to the corpus of 1 articles: id_a 'a' (line 1)",
        ),
        ({"a.jsonl": NEWS, "qrels.txt": "a 0 nobody 1"}, "qrels.txt: 1 of 2 ids are unknown"),
        ({"a.jsonl": NEWS, "qrels.txt": ""}, "qrels.txt: found no judgement"),
        (
            {
                "p.jsonl": [{**pair, "text_a": "w", "text_b": "w"} for pair in GRADED],
                "p_similarities.txt": MATRIX,
            },
            "p_similarities.txt: p.jsonl holds no articles of its own, expected one for each row",
        ),
        (
            {"a.jsonl": NEWS[:2], "a_similarities.txt": MATRIX},
            "a_similarities.txt:3: found 3 rows, expected 2: one for each article of a.jsonl",
        ),
        (
            {"a.jsonl": NEWS, "b.csv": "name,value\nx,1\n"},
            "b.csv: found the columns 'name, value', expected one",
        ),
        ({"a.jsonl": NEWS, "b.jsonl.gz": b""}, None),
    ],
)
def test_what_stops_the_reading(
    write: Write, tmp_path: Path, files: dict[str, Any], message: str | None
) -> None:
    for name, content in files.items():
        write(name, content)
    if message is None:  # an empty file is no fault
        assert len(from_folder(tmp_path).corpus) == 3
        return
    with pytest.raises(InputError, match=re.escape(message.replace("DIR", str(tmp_path)))):
        from_folder(tmp_path)


def test_a_matrix_over_a_file_with_rejected_records(write: Write, tmp_path: Path) -> None:
    write("a.jsonl", [*NEWS, {"id": "empty"}])
    write("a_similarities.txt", MATRIX)
    with pytest.raises(InputError, match=r"1 records of a\.jsonl were rejected \(line 4: title and text"):
        from_folder(tmp_path, max_rejected=1)


def test_a_damaged_file_is_refused(write: Write, tmp_path: Path) -> None:
    whole = write("b.jsonl.gz", [{"id": str(one), "text": "word"} for one in range(5_000)])
    write("a.jsonl", NEWS)
    whole.write_bytes(whole.read_bytes()[:-200])
    with pytest.raises(InputError, match=r"b\.jsonl\.gz: gzip data ends early"):
        from_folder(tmp_path)


def test_what_is_no_folder(write: Write, tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound, match="does not exist"):
        from_folder(tmp_path / "none")
    with pytest.raises(InputError, match="is no folder"):
        from_folder(write("news.jsonl", NEWS))


def test_a_file_called_dash_is_not_standard_input(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("news.jsonl", NEWS)
    write("-", PLAIN)
    monkeypatch.chdir(tmp_path)
    assert len(from_folder(Path()).corpus) == 6


def test_progress_counts_articles(write: Write, tmp_path: Path) -> None:
    write("news.jsonl", NEWS)
    seen: list[tuple[str, int | None, int]] = []

    class Counting:
        @contextmanager
        def stage(self, name, total):
            done: list[int] = []
            yield done.append
            seen.append((name, total, sum(done)))

    from_folder(tmp_path, progress=Counting())
    assert seen == [("read", None, 3)]
