"""Writes a histogram log with the hdrhistogram package: the values 1, 1000, 1000000 … to 10^12,
each as often as its exponent plus one, in one interval."""

import sys

from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogWriter

histogram = HdrHistogram(1, 3_600_000_000_000, 3)
for exponent in range(13):
    histogram.record_value(10**exponent, exponent + 1)
with open(sys.argv[1], "w", encoding="utf-8") as file:
    writer = HistogramLogWriter(file)
    writer.output_log_format_version()
    writer.output_legend()
    writer.output_interval_histogram(histogram, 1.5, 3.5)
