"""The file of fitted formulas, as `recommender.scoring` reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from recommender.evaluation.calibration import Calibration
from recommender.fitting.material import FOLDS, Material
from recommender.fitting.model import Model

ABOUT = (
    "the score by evidence (recommender/scoring.py): a formula for each encoder that one was fitted with, "
    "and one without vectors, of the empty fingerprint, for all others; each also as fitted "
    "without each labelled set, and measured in folds that share no event"
)
MADE_BY = "scripts/fit_scoring.py"


def entry(
    material: Material, model: Model, measured: Calibration, *, seed: int, encoder: str
) -> dict[str, Any]:
    """One model, ready for JSON, with what was ``measured`` in folds. ``encoder`` is its name, for people."""
    labelled = [f"{one.name} ({len(one.queries):,} articles)" for one in material.sets]
    among = f"{len(material.distractors):,} unlabelled articles, candidates by {encoder}"
    sets = " and ".join(model.whole)
    return {
        "formula": model.formula.as_json(),
        "origin": f"{' and '.join(labelled)} among {among}; seed {seed}",
        "without": {name: formula.as_json() for name, formula in model.without.items()},
        "cross_fitted": {
            "about": f"candidate pairs of the labelled articles of {sets} in one corpus of "
            f"{len(material.corpus):,}, each scored by a formula that was fitted without its event or topic "
            f"({FOLDS} folds)",
            "calibration": measured.model_dump(mode="json"),
        },
    }


def read(path: Path) -> tuple[Mapping[str, Any], ...]:
    """The models that a file holds; none where there is no file, or one of another form."""
    try:
        models = json.loads(path.read_text(encoding="utf-8"))["models"]
        return tuple(one for one in models if "fingerprint" in one["formula"])
    except (FileNotFoundError, KeyError):
        return ()


def written(earlier: Sequence[Mapping[str, Any]], fresh: Sequence[Mapping[str, Any]]) -> bytes:
    """The file with ``fresh`` models, and those of ``earlier`` that are of none of their fingerprints."""
    made = {one["formula"]["fingerprint"] for one in fresh}
    kept = [one for one in earlier if one["formula"]["fingerprint"] not in made]
    models = sorted([*fresh, *kept], key=lambda one: str(one["formula"]["fingerprint"]), reverse=True)
    content = {"about": ABOUT, "made_by": MADE_BY, "models": models}
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()
