"""The examples under "Your own labels" are files that can be read, and mean what is said of them."""

from __future__ import annotations

import re
from pathlib import Path

from recommender.evaluation.truth import from_folder
from tests.evaluation.truth.conftest import Write

PAGE = Path(__file__).parents[3] / "docs" / "evaluation.md"


def test_the_examples_read_as_they_are_printed(write: Write, tmp_path: Path) -> None:
    section = PAGE.read_text(encoding="utf-8").split("## Your own labels\n")[1].split("\n## ")[0]
    examples = dict(
        re.findall(r"`([a-z_]+\.[a-z]+)`[^`]*?(?:`[a-z.]+`[^`]*)?:\n\n```\w*\n(.*?)```", section, re.S)
    )
    assert set(examples) == {"judged.qrels", "events.jsonl", "news_pairs.jsonl", "small_similarities.txt"}
    for name, content in examples.items():
        assert content.count("\n") == 3
        write(name, content)
    write("small.jsonl", [{"id": one, "text": "words"} for one in ("s", "t", "u")])
    write("rest.jsonl", [{"id": one, "text": "words"} for one in ("storm-1", "storm-2", "court-1", "lone")])
    collection = from_folder(tmp_path)
    assert {one.name: one.relevance for one in collection.qrels} == {
        "judged": {"storm-1": {"storm-2": 3, "court-1": 0}, "lone": {}},
        "events": {"a": {"b": 2, "c": 1}, "b": {"a": 2, "c": 1}, "c": {"a": 1, "b": 1}},
    }
    assert {one.name: dict(zip(one.ids, one.grades, strict=True)) for one in collection.pairs} == {
        "news": {("a", "b"): 3.5, ("a", "x"): 2.0, ("x", "c"): 1.0},
        "small": {("s", "t"): 0.8, ("s", "u"): 0.2, ("t", "u"): 0.3},
    }
