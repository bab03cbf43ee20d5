"""Ratios of times: their bounds, and when they tell something."""

import random

from toolkit.bench.ratio import Ratio, ratio_of


def test_a_ratio_is_that_of_the_medians_and_lies_between_its_bounds() -> None:
    found = ratio_of([1.0, 2.0, 300.0], [4.0, 4.0, 4.0])

    assert found.value == 0.5
    assert found.low <= found.value <= found.high


def test_few_samples_say_little_and_many_say_more() -> None:
    chance = random.Random(1)
    samples = [chance.gauss(10, 1) for _ in range(400)]

    few, many = ratio_of(samples[:5], samples[5:10]), ratio_of(samples[:200], samples[200:])

    assert many.high - many.low < few.high - few.low
    assert few.low == min(samples[:5]) / max(samples[5:10])


def test_the_bounds_hold_the_truth_in_nearly_all_runs() -> None:
    chance = random.Random(2)

    missed = 0
    for _ in range(400):
        mine = [chance.lognormvariate(0, 0.5) * 3 for _ in range(40)]
        others = [chance.lognormvariate(0, 0.5) for _ in range(40)]
        found = ratio_of(mine, others)
        missed += not found.low <= 3 <= found.high

    assert missed <= 400 * 0.05


def test_a_difference_tells_only_beyond_the_noise_of_the_run() -> None:
    assert Ratio(1.2, 1.1, 1.3).tells()
    assert Ratio(0.8, 0.7, 0.9).tells()
    assert not Ratio(1.2, 1.1, 1.3).tells(noise=0.15)
    assert not Ratio(1.03, 1.02, 1.04).tells()
    assert not Ratio(1.2, 0.9, 1.5).tells()
