"""Every text is in one batch, long ones first, no batch over its limits."""

from hypothesis import given
from hypothesis import strategies as st

from fusion_memory.models.batches import by_length

lengths_strategy = st.lists(st.integers(0, 600), max_size=60)


@given(lengths_strategy, st.integers(1, 20), st.none() | st.integers(1, 2_000))
def test_batches_cover_all_texts_within_limits(lengths: list[int], largest: int, budget: int | None) -> None:
    batches = by_length(lengths, largest, budget)
    assert sorted(index for batch in batches for index in batch) == list(range(len(lengths)))
    for batch in batches:
        assert 1 <= len(batch) <= largest
        if budget is not None and len(batch) > 1:
            assert len(batch) * max(lengths[index] for index in batch) <= budget
    flat = [lengths[index] for batch in batches for index in batch]
    assert flat == sorted(flat, reverse=True)
