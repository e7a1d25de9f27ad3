"""One text is there a hundred times: the rest of the newsroom is ranked as if it were there once."""

from __future__ import annotations

import pytest

from recommender.candidates import COPIES
from recommender.recommend import Recommender
from tests.conftest import NEWSROOM

WIRE = "storm storm court " + " ".join(f"word{number}" for number in range(120))
MANY = [{"id": f"wire-{number:03}", "title": "The wire", "text": WIRE} for number in range(150)]
# Each with a last line of its own.
FOOTED = [{**one, "text": f"{WIRE} Copyright {one['id']}"} for one in MANY]


def neighbours(snapshot, article_id):
    row = snapshot.neighbourhood.table.row(snapshot.ids.row(article_id))
    columns = [snapshot.ids.id(one) for one in row.columns.tolist()]
    return dict(zip(columns, row.weights.tolist(), strict=True))


def listed(snapshot, article_id):
    return [item.id for item in Recommender(snapshot, min_score=0).similar(article_id, limit=50)]


@pytest.mark.parametrize("many", [MANY, FOOTED], ids=["to the letter", "but for the last line"])
def test_copies_of_one_text_do_not_crowd_out_the_rest(build, many):
    once = build([*NEWSROOM, many[0]]).snapshot
    often = build([*NEWSROOM, *many]).snapshot
    assert once.statistics.articles == often.statistics.articles == len(NEWSROOM) + 1
    for record in NEWSROOM:
        assert listed(often, record["id"]) == listed(once, record["id"])
        assert neighbours(often, record["id"]) == neighbours(once, record["id"])
        rows = often.candidates(often.ids.row(record["id"]))[0]
        assert sum(often.ids.id(row).startswith("wire-") for row in rows.tolist()) <= COPIES
    # Each of them has the list that the one has, and none of the others in it.
    assert len(listed(once, "wire-000")) == len(NEWSROOM)
    for number in (0, 1, 149):
        assert listed(often, f"wire-{number:03}") == listed(once, "wire-000")
