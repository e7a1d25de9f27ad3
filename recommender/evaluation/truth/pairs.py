"""Pairs of articles that people graded, as a list: one JSON object a pair."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from recommender.article import Article
from recommender.corpus import Corpus
from recommender.evaluation.judgements import Pairs
from recommender.evaluation.truth.anchors import anchors_for
from recommender.evaluation.truth.brought import Brought
from recommender.evaluation.truth.known import Known
from recommender.ingest.labels import bad, file_name, read_id, read_records
from recommender.ingest.records import found

FEWEST_PAIRS = 3
_SIDES = ("a", "b")
_SAME, _UNRELATED = 1, 4  # the ends of SemEval's scale


@dataclass(frozen=True, slots=True)
class GradedPairs:
    """What one file says. ``articles`` are those that the pairs brought themselves, each once; the ids of
    the others must be the corpus's. ``lines`` is where each pair stands."""

    path: Path
    ids: tuple[tuple[str, str], ...]
    grades: tuple[float, ...]
    lines: tuple[int, ...]
    articles: tuple[Article, ...]
    notes: tuple[str, ...]


def read_pairs(path: Path) -> GradedPairs:
    """The pairs of a JSONL file: ``id_a``, ``id_b``, and ``grade`` (higher is more alike) or ``overall``
    (SemEval-2022 task 8: 1 the same .. 4 unrelated; negated).

    Where ``text_a`` or ``title_a`` is not blank the pair brings its article, with whatever other field of
    an article is there (``url_a``, ``published_at_a``); so for ``b``. A pair that stands again with the
    same grade counts once. Of two extracts of one article, known by their common URL, the longer is kept.
    Both are noted.

    Raises InputError, with file and line, for a line that is no JSON object, an id or grade that is
    missing or odd, both kinds of grade in one file, a pair of an article with itself, the same unordered
    pair with two grades, and one id with two different texts and no common URL; without a line, where no
    correlation can be computed.
    """
    pairs: dict[tuple[str, str], tuple[float, int]] = {}
    brought = Brought(path)
    scale = ""
    repeats = 0
    for line, record in read_records(path):
        if isinstance(record, ValueError):
            raise bad(path, line, str(record))
        try:
            left, right = (_id(record, side) for side in _SIDES)
            kind, grade = _grade(record)
        except ValueError as error:
            raise bad(path, line, str(error)) from None
        if kind != (scale := scale or kind):
            raise bad(path, line, f"found {kind!r}, expected {scale!r} as in the lines before")
        if left == right:
            raise bad(path, line, f"pairs {left!r} with itself")
        for side, article_id in zip(_SIDES, (left, right), strict=True):
            brought.add(line, record, side, article_id)
        first = (right, left) if (right, left) in pairs else (left, right)
        known, place = pairs.setdefault(first, (grade, line))
        if known != grade:
            problem = f"{left!r} and {right!r} have another grade here than on line {place}, expected one"
            raise bad(path, line, problem)
        repeats += place != line
    grades = tuple(grade for grade, _ in pairs.values())
    refuse_uncorrelatable(path, grades)
    notes = []
    if repeats:
        notes.append(f"{repeats:,} pairs stood again with the same grade, and count once")
    if brought.extracts:
        notes.append(
            f"{len(brought.extracts):,} articles came with two extracts, of which the longer is used"
        )
    return GradedPairs(
        path=path,
        ids=tuple(pairs),
        grades=grades,
        lines=tuple(line for _, line in pairs.values()),
        articles=brought.articles,
        notes=tuple(notes),
    )


def pairs_over(graded: GradedPairs, corpus: Corpus, *, name: str) -> Pairs:
    """The pairs as a dataset over a corpus. Raises InputError for ids that the corpus does not know."""
    known = Known(corpus.ids)
    for pair, line in zip(graded.ids, graded.lines, strict=True):
        for side, article_id in zip(_SIDES, pair, strict=True):
            known.id(article_id, f"id_{side}", line)
    known.refuse_unknown(graded.path)
    return Pairs(
        name=name,
        origin=f"pairs graded by people ({file_name(graded.path)})",
        ids=graded.ids,
        grades=graded.grades,
        anchors=anchors_for(graded.grades),
        notes=graded.notes,
    )


def refuse_uncorrelatable(path: Path, grades: Sequence[float]) -> None:
    """Raises InputError where grades are too few, or all the same."""
    if len(grades) < FEWEST_PAIRS:
        found_pairs = f"found {len(grades)} pairs, expected {FEWEST_PAIRS} or more"
        raise bad(path, None, f"no correlation can be computed: {found_pairs}")
    if len(set(grades)) == 1:
        same = f"all {len(grades)} pairs have the same grade"
        raise bad(path, None, f"no correlation can be computed: {same}")


def _id(record: Mapping[str, object], side: str) -> str:
    name = f"id_{side}"
    if name not in record:
        raise ValueError(f"{name} is missing")
    try:
        return read_id(record[name])
    except ValueError as error:
        raise ValueError(f"{name} {error}") from None


def _grade(record: Mapping[str, object]) -> tuple[str, float]:
    names = [name for name in ("grade", "overall") if record.get(name) is not None]
    if len(names) != 1:
        raise ValueError(f"found {' and '.join(names) or 'no grade'}, expected either grade or overall")
    name, value = names[0], record[names[0]]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{name} is {found(value)}, expected a number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"{name} is {number}, expected a finite number")
    if name == "overall":
        if not _SAME <= number <= _UNRELATED:
            raise ValueError(
                f"overall is {number:g}, expected {_SAME} (the same) to {_UNRELATED} (unrelated)"
            )
        number = -number
    return name, number
