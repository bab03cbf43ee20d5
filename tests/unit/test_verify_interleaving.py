"""Exploring orders of steps: each once, none left out."""

from collections.abc import Callable, Sequence
from itertools import permutations

import pytest

from toolkit.verify.interleaving import explore


def game(*steps: int) -> Callable[[Sequence[int]], list[tuple[int, ...]]]:
    """Return a round of so many steps for each actor, none of whom ever waits."""

    def play(choices: Sequence[int]) -> list[tuple[int, ...]]:
        left = list(steps)
        seen: list[tuple[int, ...]] = []
        while any(left):
            ready = [number for number, count in enumerate(left) if count]
            wished = choices[len(seen)] if len(seen) < len(choices) else ready[0]
            seen.append((wished, *(one for one in ready if one != wished)))
            left[wished] -= 1
        return seen

    return play


def test_every_order_is_played_once() -> None:
    played = list(explore(game(2, 3), 100))

    assert sorted(played) == sorted(set(permutations([0, 0, 1, 1, 1])))


def test_one_actor_has_one_order() -> None:
    assert list(explore(game(3), 1)) == [(0, 0, 0)]


def test_more_orders_than_allowed_are_an_error() -> None:
    with pytest.raises(RuntimeError, match="more than 9"):
        list(explore(game(2, 3), 9))
