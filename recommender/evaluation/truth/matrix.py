"""Pairs of articles that people graded, as a square matrix."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

from recommender.evaluation.judgements import Pairs
from recommender.evaluation.truth.anchors import anchors_for
from recommender.evaluation.truth.pairs import refuse_uncorrelatable
from recommender.ingest.labels import bad, file_name, finite, read_lines

_MIRRORED = 1e-6  # a mean may be printed with another last digit on the other side


def read_matrix(path: Path, ids: Sequence[str], articles: Path, *, name: str) -> Pairs:
    """The pairs of a matrix of numbers between white space, in which row and column i are the i-th of
    ``ids``, as they stand in the file ``articles``; higher is more alike.

    The upper triangle counts. The lower one must mirror it or be all zero; the diagonal is left out.

    Raises SourceNotFound, StorageError, and InputError, with file and line, for another number of rows
    than ids, a row of another length, what is no finite number, and a lower triangle that says something
    else; for an id that stands twice; and where no correlation can be computed.
    """
    if len(set(ids)) != len(ids):
        twice = next(one for one in ids if list(ids).count(one) > 1)
        raise bad(
            path, None, f"article {twice!r} stands twice in {file_name(articles)}, expected one row each"
        )
    lines, rows = [], []
    for line, content in read_lines(path):
        try:
            rows.append([finite(field) for field in content.split()])
        except ValueError as error:
            raise bad(path, line, str(error)) from None
        lines.append(line)
    if len(rows) != len(ids):
        problem = (
            f"found {len(rows)} rows, expected {len(ids)}: one for each article of {file_name(articles)}"
        )
        raise bad(path, lines[-1] if lines else None, problem)
    for line, row in zip(lines, rows, strict=True):
        if len(row) != len(rows):
            problem = f"found {len(row)} numbers, expected {len(rows)}: as many as there are rows"
            raise bad(path, line, problem)
    _refuse_other_half(path, lines, rows)
    places = list(combinations(range(len(rows)), 2))
    grades = tuple(rows[row][column] for row, column in places)
    refuse_uncorrelatable(path, grades)
    return Pairs(
        name=name,
        origin=f"similarities given by people ({file_name(path)})",
        ids=tuple((ids[row], ids[column]) for row, column in places),
        grades=grades,
        anchors=anchors_for(grades),
    )


def _refuse_other_half(path: Path, lines: Sequence[int], rows: Sequence[Sequence[float]]) -> None:
    if not any(rows[row][column] for row in range(len(rows)) for column in range(row)):
        return
    for row in range(len(rows)):
        for column in range(row):
            lower, upper = rows[row][column], rows[column][row]
            if not math.isclose(lower, upper, rel_tol=_MIRRORED, abs_tol=_MIRRORED):
                raise bad(
                    path,
                    lines[row],
                    f"found {lower:g} in column {column + 1} and {upper:g} on the other side of the "
                    "diagonal, expected the same, or nothing but zeros below the diagonal",
                )
