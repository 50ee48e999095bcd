"""Adds up a histogram log's entries of one tag with the hdrhistogram package, and prints their
percentile distribution with a value unit ratio.

The package steps through percentiles, and scales the standard deviation, otherwise than the Java
that its format comes from; here it does as that does.
"""

import math
import sys

from hdrh.histogram import HdrHistogram
from hdrh.iterators import PercentileIterator
from hdrh.log import HistogramLogReader


def advance(self):
    level = self.percentile_to_iterate_to
    if level == 100:
        return
    halvings = int(math.log(100 / (100 - level)) / math.log(2))
    self.percentile_to_iterate_to += 100 / (
        self.percentile_ticks_per_half_distance * 2 ** (halvings + 1)
    )


PercentileIterator.increment_iteration_level = advance

path, tag, ratio = sys.argv[1], sys.argv[2], float(sys.argv[3])
total = HdrHistogram(1, 100_000_000_000_000, 3)
reader = HistogramLogReader(path, HdrHistogram(1, 3_600_000_000_000, 3))
while histogram := reader.get_next_interval_histogram():
    if histogram.get_tag() == tag:
        total.add(histogram)
deviation = total.get_stddev()
total.get_stddev = lambda: deviation / ratio
sys.stdout.flush()
total.output_percentile_distribution(sys.stdout.buffer, ratio)
