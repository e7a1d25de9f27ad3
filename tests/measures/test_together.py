"""All measures in one mapping, and the document that describes it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from recommender import measures
from recommender.measures import Lists, measure
from recommender.scoring import UNDATED

ROOT = Path(__file__).parents[2]
VECTORS = np.eye(3, dtype=np.float32)
STORIES = np.arange(3, dtype=np.int32)
PUBLISHED = np.array([0, 86_400, UNDATED], dtype=np.int64)


def measured(lists, **changed):
    given = {"limit": 2, "vectors": VECTORS, "stories": STORIES, "published": PUBLISHED} | changed
    return measure(Lists.of(lists), **given)


def test_by_hand():
    found = measured([[1, 2], [], [0]], empty_because={"below_min_score": 1})
    assert found == {
        "limit": 2,
        "articles": 3,
        "with_items": 2,
        "empty": 1,
        "full": 1,
        "coverage": 0.666667,
        "items": 3,
        "mean_length": 1.0,
        "longest": 2,
        "lengths": [1, 1, 1],
        "empty_because": {"below_min_score": 1},
        "repeats": {"near_copy": 0.95, "exact": 0, "exact_lists": 0, "near": 0, "near_lists": 0},
        "similarity": {"lists": 1, "mean": 0.0},
        "days": {
            "pairs": 1,
            "undated": 2,
            "median": 1.0,
            "p90": 1.0,
            "far": 0.0,
            "newer": 1.0,
            "counts": [1, 0, 0, 0, 0, 0, 0, 0],
        },
        "exposure": {
            "never": 0,
            "never_share": 0.0,
            "gini": 0.0,
            "most": [{"row": row, "times": 1} for row in range(3)],
        },
    }
    assert json.loads(json.dumps(found)) == found


def test_without_reasons_there_are_none():
    assert measured([[], [], []])["empty_because"] is None


def test_those_not_asked_and_not_listable_are_left_out():
    few = np.array([True, True, False])
    found = measured([[1], [], []], empty_because={"filtered": 1}, asked=few, listable=few)
    assert (found["articles"], found["empty"], found["exposure"]["never"]) == (2, 1, 1)
    with pytest.raises(ValueError, match="not asked"):
        measured([[], [], [1]], asked=few)


@pytest.mark.parametrize("name", ["vectors", "stories", "published"])
def test_what_does_not_fit_is_refused(name):
    values = {"vectors": VECTORS, "stories": STORIES, "published": PUBLISHED}[name]
    with pytest.raises(ValueError, match=f"2 {name} for 3 lists"):
        measured([[], [], []], **{name: values[:2]})


def keys(value: object, before: str = "") -> set[str]:
    """Every key of a mapping of mappings by its path; those of reasons are the caller's."""
    if not isinstance(value, dict) or before == "empty_because.":
        return {before.rstrip(".")}
    return {path for key, inner in value.items() for path in keys(inner, f"{before}{key}.")}


def test_the_index_readme_describes_every_key():
    text = (ROOT / "index" / "README.md").read_text(encoding="utf-8")
    table = text.split("## What lists are like")[1].split("\n## ")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}
    described = measured([[1], [], [0]], empty_because={"filtered": 1})
    agreed = measures.agreement(Lists.of([[]]), ["a"], Lists.of([[]]), ["a"])
    described["agreement"] = {"parent": "000001-abcdef", **agreed}
    assert named == keys(described) | {"min_score", "min_best"}


def test_measuring_loads_no_heavy_library():
    heavy = "{'faiss', 'torch', 'scipy', 'sklearn', 'sentence_transformers', 'pyarrow'}"
    code = f"import sys, recommender.measures; print(sorted({heavy} & sys.modules.keys()))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
