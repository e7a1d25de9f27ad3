"""A newsroom of two labelled sets among other articles, and judged pairs written down by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from recommender.article import Article
from recommender.embedding import Embedding, embed
from recommender.evaluation.judgements import Collection
from recommender.evaluation.truth import from_folder
from recommender.evidence import Evidence
from recommender.fitting import Material, gather_material
from recommender.fitting.pairs import JudgedPairs
from tests.conftest import write_jsonl
from tests.fakes import AXES, FakeEncoder

FILLER = ["also", "said", "when", "after", "their", "which", "would", "there", "people", "still", "report"]
SIZES = {20: 4, 60: 2}


def story(name: str, number: int, rng: Random) -> str:
    """A text about one event: its place, its own words, its axis, and words that every story has."""
    words = [f"near Zor{name} a {name}{part}" for part in ("bridge", "inquiry", "record")]
    axis = AXES[sum(map(ord, name)) % len(AXES)]
    words += [axis, rng.choice(AXES), *rng.choices(FILLER, k=12), f"detail{name}{number}"]
    rng.shuffle(words)
    return " ".join(words) + "."


def records(prefix: str, events: int, *, topics: int | None = None, seed: int = 1) -> list[dict[str, Any]]:
    """Events of one to five articles, those of each topic standing together."""
    rng, made = Random(seed), []
    for event in range(events):
        name = f"{prefix}{event}"
        for number in range(1 + event % 5):
            one = {"id": f"{name}-{number}", "title": f"Of {name}", "event": name}
            if topics is not None:
                one["topic"] = f"{prefix} topic {event % topics}"
            made.append({**one, "text": story(name, number, rng)})
    return made


def others(count: int, *, seed: int = 2) -> list[dict[str, Any]]:
    """Articles without labels."""
    rng = Random(seed)
    return [
        {"id": f"other-{one}", "title": f"Of other{one}", "text": story(f"other{one}", 0, rng)}
        for one in range(count)
    ]


def collection(folder: Path, files: Mapping[str, Sequence[Mapping[str, Any]]]) -> Collection:
    """The collection of files of records, by name."""
    folder.mkdir()
    for name, some in files.items():
        write_jsonl(folder / f"{name}.jsonl", some)
    return from_folder(folder)


def newsroom(folder: Path, **changed: Sequence[Mapping[str, Any]]) -> Collection:
    """Sets alpha and beta, the second with topics, among eighty others."""
    files = {"alpha": records("ab", 24), "beta": records("cd", 24, topics=8, seed=3), "others": others(80)}
    return collection(folder, {**files, **changed})


def vectors(articles: Sequence[Article]) -> Embedding:
    """Those of the fake encoder."""
    return embed(articles, FakeEncoder())[0]


def material(some: Collection, *, seed: int = 0) -> Material:
    """The material of a collection under the fake encoder."""
    return gather_material(some, vectors, seed=seed)


def evidence(m: int, **columns: Sequence[float]) -> Evidence:
    """Evidence for m pairs; what is not named is 0."""
    names = ("lead_cosine", "lexical_cosine", "name_cosine", "neighbour_cosine")
    return Evidence(*(np.array(columns.get(name, [0.0] * m), dtype=np.float32) for name in names))


def judged(
    queries: Sequence[int],
    grades: Sequence[int],
    *,
    answerable: Sequence[bool] = (),
    name: str = "set",
    size: int = 20,
    query_folds: Sequence[int] = (),
    other_folds: Sequence[int] = (),
    given: Evidence | None = None,
) -> JudgedPairs:
    """Pairs written down by hand: row 100 + place is the candidate of the pair at that place."""
    m = len(queries)
    asked = max(queries, default=-1) + 1
    return JudgedPairs(
        name=name,
        size=size,
        queries=np.array(queries, dtype=np.int64),
        others=100 + np.arange(m),
        grades=np.array(grades, dtype=np.int8),
        query_folds=np.array(query_folds or [0] * m, dtype=np.int64),
        other_folds=np.array(other_folds or [-1] * m, dtype=np.int64),
        evidence=given or evidence(m),
        rows=np.arange(max(asked, len(answerable))),
        answerable=np.array(answerable or [True] * asked, dtype=np.bool_),
    )
