from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.encoder.batches import by_length


def test_batches_are_of_one_length_and_hold_so_many_tokens():
    lengths = np.array([2, 8, 3, 8, 1, 4])
    assert [batch.tolist() for batch in by_length(lengths, 8)] == [[1], [3], [5], [2], [0], [4]]
    assert [batch.tolist() for batch in by_length(lengths, 16)] == [[1, 3], [5], [2], [0], [4]]
    assert list(by_length(np.zeros(0, dtype=np.int64), 16)) == []


@given(st.lists(st.integers(0, 300), max_size=60), st.integers(1, 1000))
def test_every_row_is_in_one_batch_and_none_is_too_large(lengths, tokens):
    batches = [batch.tolist() for batch in by_length(np.array(lengths, dtype=np.int64), tokens)]
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    in_order = [lengths[row] for batch in batches for row in batch]
    assert in_order == sorted(in_order, reverse=True)
    for batch in batches:
        assert len({lengths[row] for row in batch}) == 1
        assert len(batch) == 1 or len(batch) * lengths[batch[0]] <= tokens or lengths[batch[0]] == 0
