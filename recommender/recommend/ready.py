"""Default lists answered as they are stored: bytes joined from pieces of files, with nothing looked for,
filtered or encoded. They are the very bytes of `SimilarList.encode`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recommender.recommend.lists import ORIGIN
from recommender.recommend.options import MAX_LIMIT
from recommender.snapshot import Snapshot

# What ends an id in an item: inside of a JSON text a quotation mark never stands without a backslash.
_AFTER_ID = b'","title":'
_ITEMS = tuple(
    b'{%%b,"score":%%b,"rank":%d,"origin":"%b"}' % (1 + k, ORIGIN.encode()) for k in range(MAX_LIMIT)
)


class Ready:
    """The lists of one snapshot under its own floor, but for those that the overlay may have changed."""

    def __init__(self, snapshot: Snapshot, touched: NDArray[np.bool_], listable: int) -> None:
        """``touched`` ``(n,) bool`` are the articles whose lists have to be made, ``listable`` is how many
        articles there are that may be in a list."""
        lists = snapshot.lists
        self.find = snapshot.ids.find
        self._snapshot = snapshot
        self._touched = touched.tobytes()
        self._others = listable - 1  # what is not touched may itself be in a list
        self._items, self._item_offsets = snapshot.items, snapshot.item_offsets
        # Views that give back Python's own numbers, at a third of the cost.
        self._offsets, self._rows, self._left = lists.offsets.data, lists.rows.data, lists.left.data
        self._scores, self._score_offsets = lists.scores, lists.score_offsets.data
        self._said: dict[tuple[int, int, str | None], bytes] = {}  # as many as there are limits and lengths

    def row(self, article_id: str) -> int | None:
        """The row of an article whose list is ready; ``None`` for any other, and an unknown one."""
        row = self.find(article_id)
        return None if row is None or self._touched[row] else row

    def encode(self, row: int, limit: int) -> bytes:
        """The body of the HTTP answer with at most ``limit`` items (1..50) for a row that `row` gave."""
        items, at = self._items, self._item_offsets
        start, end = self._offsets[row], self._offsets[row + 1]
        rows = self._rows[start : min(end, start + limit)].tolist()
        scores = bytes(self._scores[self._score_offsets[row] : self._score_offsets[row + 1]]).split(
            b",", limit
        )
        own = bytes(items[at[row] : at[row + 1]])
        key = limit, len(rows), self._why(row, limit) if len(rows) < limit else None
        said = self._said.get(key)
        if said is None:
            said = self._said[key] = self._say(*key)
        made = [
            form % (items[at[one] : at[one + 1]], score)
            for form, one, score in zip(_ITEMS, rows, scores, strict=False)
        ]
        return b"{%b%b%b]}" % (own[: own.index(_AFTER_ID) + 1], said, b",".join(made))

    def _why(self, row: int, limit: int) -> str:
        """Why a list is not full, the first cause that applies, as `Ranked.reason` has it."""
        if self._snapshot.too_short[row]:
            return "text_too_short"
        if self._others < limit:
            return "too_few_articles"
        reaching = self._offsets[row + 1] - self._offsets[row]
        return "below_min_score" if reaching < min(limit, self._left[row]) else "filtered"

    def _say(self, limit: int, returned: int, reason: str | None) -> bytes:
        """What an answer says about itself, between its id and its items."""
        abstained = "false" if returned else "true"
        quoted = "null" if reason is None else f'"{reason}"'
        return (
            f',"snapshot":"{self._snapshot.name}","requested":{limit},"returned":{returned},'
            f'"abstained":{abstained},"reason":{quoted},"items":['
        ).encode()
