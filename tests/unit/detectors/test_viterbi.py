"""The short search finds the path that the full one finds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from detectors.viterbi import TagPath


@pytest.mark.parametrize("spread", [0.3, 2.0, 8.0])
def test_the_best_path_is_the_one_that_trying_all_of_them_finds(spread: float) -> None:
    rng = np.random.default_rng(7)
    transitions = rng.normal(scale=0.5, size=(3, 3)).astype(np.float32)
    for _ in range(60):
        length = int(rng.integers(1, 7))
        emissions = rng.normal(scale=spread, size=(length, 3)).astype(np.float32)
        weights = {
            tags: sum(float(emissions[at, tag]) for at, tag in enumerate(tags))
            + sum(float(transitions[old, new]) for old, new in itertools.pairwise(tags))
            for tags in itertools.product(range(3), repeat=length)
        }
        begins = np.arange(length) == 0
        found = tuple(TagPath(transitions).best(emissions, begins).tolist())
        assert weights[found] == pytest.approx(max(weights.values()), abs=1e-5)


def test_sequences_side_by_side_do_not_see_each_other() -> None:
    rng = np.random.default_rng(8)
    paths = TagPath(rng.normal(size=(5, 5)).astype(np.float32))
    sequences = [rng.normal(size=(int(length), 5)).astype(np.float32) for length in rng.integers(1, 9, size=20)]
    alone = [paths.best(one, np.arange(len(one)) == 0).tolist() for one in sequences]
    begins = np.concatenate([np.arange(len(one)) == 0 for one in sequences])
    assert paths.best(np.concatenate(sequences), begins).tolist() == list(itertools.chain.from_iterable(alone))


def test_of_two_paths_that_weigh_the_same_the_lower_tag_is_taken() -> None:
    paths = TagPath(np.zeros((2, 2), np.float32))
    assert paths.best(np.zeros((3, 2), np.float32), np.array([True, False, False])).tolist() == [0, 0, 0]
