"""What SciPy, and plain counting, say of some samples: a reference for Weir's statistics.

    statistics_reference.py SEED > ../Golden/statistics.json

Prints a JSON list of cases: two samples and what is known of them. The seed makes the random ones.
"""

import itertools
import json
import sys
from collections import Counter

import numpy
from scipy import stats

LEVEL = 0.95
RESAMPLES = 100_000
# 5^5 resamples can be counted one by one, 9^9 cannot.
COUNTABLE = 6


def interval_of(distribution):
    """The quantiles 0.025 and 0.975, by counting: the smallest value with so much up to it."""
    total = sum(distribution.values())
    ends = []
    for values in (sorted(distribution), sorted(distribution, reverse=True)):
        reached = 0
        for value in values:
            reached += distribution[value]
            if reached * 40 >= total:
                ends.append(value)
                break
    return ends


def medians_of_all_resamples(sample):
    return Counter(
        float(numpy.median(draw)) for draw in itertools.product(sample, repeat=len(sample))
    )


def counted_intervals(a, b):
    if not 2 <= min(len(a), len(b)) <= max(len(a), len(b)) <= COUNTABLE:
        return {}
    of_a, of_b = medians_of_all_resamples(a), medians_of_all_resamples(b)
    ratios = Counter()
    for (x, p), (y, q) in itertools.product(of_a.items(), of_b.items()):
        ratios[x / y] += p * q
    return {"counted_interval": interval_of(of_a), "counted_ratio_interval": interval_of(ratios)}


def resampled_intervals(a, b, random):
    """None for samples of one value, or of equal ones: SciPy has no interval of those."""
    if min(len(set(a)), len(set(b))) < 2:
        return {}

    def of(samples, statistic):
        found = stats.bootstrap(
            samples, statistic, n_resamples=RESAMPLES, confidence_level=LEVEL, method="percentile",
            paired=False, vectorized=True, rng=random, batch=10_000,
        ).confidence_interval  # fmt: skip
        return [float(found.low), float(found.high)]

    def ratio(x, y, axis=-1):
        return numpy.median(x, axis=axis) / numpy.median(y, axis=axis)

    return {
        "resampled_interval": of((a,), numpy.median),
        "resampled_ratio_interval": of((a, b), ratio),
    }


def mann_whitney(a, b):
    has_ties = len(set(a + b)) < len(a + b)
    if len(a + b) > 50:
        method = "asymptotic"
    elif has_ties and len(a + b) <= 16:
        # Every division of the values, counted.
        method = stats.PermutationMethod(n_resamples=numpy.inf)
    elif has_ties:
        return {}
    else:
        method = "exact"
    found = stats.mannwhitneyu(a, b, alternative="two-sided", method=method)
    return {"u": float(found.statistic), "p": float(found.pvalue)}


def outliers(a):
    if len(a) < 3:
        return []
    center = numpy.median(a)
    deviation = stats.median_abs_deviation(a, scale="normal")
    if deviation == 0:
        deviation = numpy.mean(numpy.abs(a - center)) * numpy.sqrt(numpy.pi / 2)
    if deviation == 0:
        return []
    return [int(i) for i in numpy.flatnonzero(numpy.abs(a - center) / deviation > 3.5)]


def samples(random):
    yield "one against one", [1.0], [2.0]
    yield "two against two", [1.0, 3.0], [2.0, 5.0]
    yield "three against three, apart", [1.0, 2.0, 3.0], [4.0, 5.0, 6.0]
    yield "four against four, apart", [1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]
    yield "five against five, apart", [9.0, 7.5, 8.0, 8.25, 7.0], [1.0, 2.0, 1.5, 3.0, 2.5]
    yield "equal values", [2.0] * 5, [2.0] * 5
    yield "equal values, apart", [2.0] * 5, [3.0] * 5
    yield "ties", [1.0, 2.0, 2.0, 3.0, 3.0], [2.0, 3.0, 3.0, 4.0, 5.0]
    yield "ties of unequal samples", [1.0, 1.0, 2.0], [1.0, 2.0, 2.0, 2.0, 7.0, 7.0]
    yield "one outlier", [10.0, 10.1, 9.9, 10.05, 14.0], [10.0, 10.2, 9.8, 10.1, 9.95]
    yield "one outlier among equal values", [5.0, 5.0, 5.0, 5.0, 5.1], [5.0, 5.1, 5.2, 5.3, 5.4]
    for first, second in [(2, 5), (5, 5), (6, 4), (5, 6), (7, 7), (10, 5), (12, 13), (30, 40)]:
        a = random.lognormal(3, 0.2, first)
        b = random.lognormal(3.1, 0.2, second)
        yield f"lognormal {first} against {second}", a.tolist(), b.tolist()
    for first, second in [(5, 5), (6, 8), (7, 9), (40, 30), (100, 100)]:
        a = random.integers(10, 16, first).astype(float)
        b = random.integers(11, 18, second).astype(float)
        yield f"whole numbers {first} against {second}", a.tolist(), b.tolist()


random = numpy.random.default_rng(int(sys.argv[1]))
cases = [
    {"name": name, "a": a, "b": b, "median": float(numpy.median(a)), "outliers": outliers(a)}
    | counted_intervals(a, b)
    | resampled_intervals(a, b, random)
    | mann_whitney(a, b)
    for name, a, b in samples(random)
]
print(json.dumps(cases, indent=1))
