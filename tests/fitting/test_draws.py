from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.fitting.draws import draws
from tests.fitting import toys


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    return toys.material(toys.newsroom(tmp_path_factory.mktemp("draws") / "news"))


def listed(found):
    return [(one.name, one.size, one.queries, one.rows.tolist()) for one in found]


def base_of(material, rows):
    """The article behind each row, a shortened copy's too."""
    back = {int(copy): row for row, copy in enumerate(material.short.tolist()) if copy >= 0}
    return [back.get(row, row) for row in rows.tolist()]


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_draw_holds_what_it_must_and_nothing_twice(material, seed):
    allowed = set(material.distractors.tolist())
    for draw in draws(material, "alpha", seed=seed, sizes=toys.SIZES):
        base = base_of(material, draw.rows)
        assert len(draw.rows) == draw.size
        assert len(set(base)) == len(base)
        assert (material.labelled[draw.rows[: draw.queries]] == material.names.index("alpha")).all()
        assert set(base[draw.queries :]) <= allowed


def test_the_seed_decides(material):
    first = listed(draws(material, "alpha", seed=0, sizes=toys.SIZES))
    assert listed(draws(material, "alpha", seed=0, sizes=toys.SIZES)) == first
    assert listed(draws(material, "alpha", seed=1, sizes=toys.SIZES)) != first
    assert [size for _, size, _, _ in first] == [20] * 4 + [60] * 2


def test_some_articles_are_alone_and_some_are_cut_short(material):
    found = list(draws(material, "beta", seed=0, sizes={60: 12}))
    alone = [
        np.unique(material.event[one.rows[: one.queries]], return_counts=True)[1].tolist() for one in found
    ]
    assert any(1 in counts for counts in alone)
    assert any(max(counts) > 1 for counts in alone)
    copies = [int((one.rows >= len(material.corpus)).sum()) for one in found]
    assert 0 in copies
    assert max(copies) > 0.2 * 60


def test_sizes_beyond_the_material_are_left_out(material):
    assert list(draws(material, "alpha", seed=0, sizes={5000: 3})) == []


def test_another_sets_labels_change_nothing(tmp_path, material):
    relabelled = [{**one, "event": "all one"} for one in toys.records("cd", 24, seed=3)]
    other = toys.material(toys.newsroom(tmp_path / "relabelled", beta=relabelled))
    assert listed(draws(other, "alpha", seed=0, sizes=toys.SIZES)) == listed(
        draws(material, "alpha", seed=0, sizes=toys.SIZES)
    )
    assert listed(draws(other, "beta", seed=0, sizes=toys.SIZES)) != listed(
        draws(material, "beta", seed=0, sizes=toys.SIZES)
    )
