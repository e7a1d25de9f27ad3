"""All pairs in a child process: the same hits, and the main process's own where the child fails."""

from __future__ import annotations

import os
import signal
import stat
import sys

import numpy as np
import pytest

from recommender.dense import ExactIndex, all_pairs_apart, apart, child, kernels, lists, nearest_of_all
from tests.dense.test_contract import assert_same, random_unit

VECTORS = random_unit(1, 300, 16)
VECTORS[::50] = 0
EXPECTED = ExactIndex(VECTORS).search(VECTORS, 7)


def test_a_child_finds_the_same(tmp_path):
    counted: list[int] = []
    found = all_pairs_apart(VECTORS, 7, directory=tmp_path, advance=counted.append, apart_from=1)
    assert_same(found.hits, EXPECTED)
    assert (found.note, found.recall, sum(counted)) == ("", 1.0, 300)
    assert list(tmp_path.iterdir()) == []


def test_few_rows_stay_in_the_process(monkeypatch):
    monkeypatch.setattr(apart.subprocess, "Popen", lambda *_, **__: pytest.fail("a child was started"))
    assert_same(all_pairs_apart(VECTORS, 7).hits, EXPECTED)


def instead_of_python(tmp_path, monkeypatch, script):
    """A program that stands where the child's Python is."""
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(apart.sys, "executable", str(program))


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("kill -ILL $$", f"the child process was ended by signal {int(signal.SIGILL)}"),
        ("echo 40; kill -KILL $$", f"the child process was ended by signal {int(signal.SIGKILL)}"),
        ("echo out of luck >&2; exit 3", "the child process ended with 3: out of luck"),
        ("echo nonsense", "invalid literal"),
        ("exit 0", "No such file"),
    ],
)
def test_a_child_that_fails_costs_time_alone(tmp_path, monkeypatch, script, words):
    instead_of_python(tmp_path, monkeypatch, script)
    counted: list[int] = []
    found = all_pairs_apart(VECTORS, 7, directory=tmp_path, advance=counted.append, apart_from=1)
    assert_same(found.hits, EXPECTED)
    assert found.note.startswith("neighbours were found in the main process: ")
    assert words in found.note
    assert sum(counted) == 300
    assert [one.name for one in tmp_path.iterdir()] == ["python"]


def test_a_child_that_cannot_start(monkeypatch, tmp_path):
    monkeypatch.setattr(apart.sys, "executable", str(tmp_path / "nowhere"))
    found = all_pairs_apart(VECTORS, 7, apart_from=1)
    assert_same(found.hits, EXPECTED)
    assert "nowhere" in found.note


def test_without_room_for_its_files(tmp_path):
    found = all_pairs_apart(VECTORS, 7, directory=tmp_path / "absent", apart_from=1)
    assert_same(found.hits, EXPECTED)
    assert "absent" in found.note


def test_what_is_wrong_with_the_input_is_said_as_ever():
    with pytest.raises(ValueError, match="k is 0, expected at least 1"):
        all_pairs_apart(VECTORS, 0, apart_from=1)
    with pytest.raises(ValueError, match="vectors hold NaN or infinite values"):
        all_pairs_apart(VECTORS * np.float32(np.nan), 1, apart_from=1)


def test_the_child_by_itself(tmp_path, capsys):
    np.save(tmp_path / "vectors.npy", VECTORS)
    assert child.main([str(tmp_path), "7", "2"]) == 0
    assert np.array_equal(np.load(tmp_path / "rows.npy"), EXPECTED.rows)
    assert capsys.readouterr().out == "300\n"


# Kernels

WIDE = "processor : 0\nflags : fpu avx2 avx512f avx512dq avx512bw avx512cd avx512vl\n"


@pytest.mark.parametrize(
    ("cpuinfo", "core", "environ", "expected"),
    [
        (WIDE, "Haswell", {}, "SKYLAKEX"),
        (WIDE, "SkylakeX", {}, None),
        (WIDE, "Cooperlake", {}, None),
        (WIDE, "Haswell", {"OPENBLAS_CORETYPE": "Zen"}, "Zen"),
        (WIDE.replace(" avx512vl", ""), "Haswell", {}, None),
        (WIDE + WIDE.replace(" avx512f", ""), "Haswell", {}, None),  # one core of two has it
        ("", "Haswell", {}, None),
        (None, "Haswell", {}, None),
    ],
)
def test_kernels_are_chosen_only_where_the_processor_has_what_they_need(
    tmp_path, cpuinfo, core, environ, expected
):
    path = tmp_path / "cpuinfo"
    if cpuinfo is not None:
        path.write_text(cpuinfo)
    found = kernels.settings_for_child({"HOME": "/", **environ}, cpuinfo=path, core=core)
    assert found.get("OPENBLAS_CORETYPE") == expected
    assert (found["OPENBLAS_NUM_THREADS"], found["HOME"]) == ("1", "/")


def test_this_process_keeps_its_environment():
    before = dict(os.environ)
    all_pairs_apart(VECTORS, 7, apart_from=1)
    assert dict(os.environ) == before


@pytest.mark.skipif(sys.platform != "linux", reason="libraries are looked up in /proc")
def test_the_core_in_use_is_that_of_numpy():
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]["name"]
    assert (kernels.core_in_use() is not None) == ("openblas" in blas)


# Beyond exact


def test_beyond_the_limit_the_recall_is_measured(monkeypatch):
    generator = np.random.default_rng(2)
    centres = generator.normal(size=(200, 32))
    vectors = np.repeat(centres, 20, axis=0) + 0.8 * generator.normal(size=(4000, 32))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    vectors[::100] = 0
    counted: list[int] = []
    found = nearest_of_all(vectors, 20, exact_up_to=3999, advance=counted.append)
    exact = ExactIndex(vectors).search(vectors, 20)
    same = [
        len(np.intersect1d(a[:c], b[:d]))
        for a, c, b, d in zip(found.hits.rows, found.hits.counts, exact.rows, exact.counts, strict=True)
    ]
    true = sum(same) / exact.counts.sum()
    assert 0.98 <= true <= 1
    assert found.recall == pytest.approx(true, abs=0.01)
    assert found.recall >= lists.RECALL
    assert f"{found.recall:.4f} of the exact neighbours" in found.note
    assert sum(counted) == 4000
    # Every cosine is exact.
    wide = vectors.astype(np.float64)
    for row in range(1, 4000, 97):
        count = found.hits.counts[row]
        rows = found.hits.rows[row, :count]
        np.testing.assert_array_equal(
            found.hits.cosines[row, :count], np.clip(wide[rows] @ wide[row], -1, 1).astype(np.float32)
        )
        assert (np.diff(found.hits.cosines[row, :count]) <= 0).all()
    again = nearest_of_all(vectors, 20, exact_up_to=3999)
    assert_same(again.hits, found.hits)


def test_up_to_the_limit_it_is_exact():
    found = nearest_of_all(VECTORS, 7, exact_up_to=300)
    assert_same(found.hits, EXPECTED)
    assert (found.note, found.recall) == ("", 1.0)


def test_where_nothing_has_a_direction():
    found = nearest_of_all(np.zeros((10, 4), dtype=np.float32), 3, exact_up_to=5)
    assert found.hits.counts.tolist() == [0] * 10
    assert found.recall == 1


def test_all_lists_are_looked_through_if_need_be(monkeypatch):
    monkeypatch.setattr(lists, "RECALL", 1.1)
    vectors = random_unit(3, 500, 24)
    found = nearest_of_all(vectors, 10, exact_up_to=1)
    assert_same(found.hits, ExactIndex(vectors).search(vectors, 10))
    assert found.recall == 1
