"""Adds up the entries of one tag over several histogram logs with the hdrhistogram package; prints, as
JSON, the total count, the counts by value, and the values at the percentiles of a percentiles.csv."""

import csv
import json
import math
import sys

from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogReader

tag, percentiles, logs = sys.argv[1], sys.argv[2], sys.argv[3:]
total = HdrHistogram(1, 100_000_000_000_000, 3)
for path in logs:
    reader = HistogramLogReader(path, HdrHistogram(1, 3_600_000_000_000, 3))
    while histogram := reader.get_next_interval_histogram():
        if histogram.get_tag() == tag:
            total.add(histogram)
with open(percentiles, newline="", encoding="utf-8") as file:
    rows = [row for row in csv.DictReader(file) if row["latency"] == tag.split(":")[0]]
recorded = [
    (item.total_count_to_this_value, item.value_iterated_to)
    for item in total.get_recorded_iterator()
]


def value_at(percentile):
    """The package rounds the rank to the nearest; Java's HdrHistogram, and Weir, round it up."""
    share = math.nextafter(percentile, 0) / 100
    rank = max(math.ceil(share * total.get_total_count()), 1)
    return next(value for count, value in recorded if count >= rank)


print(
    json.dumps(
        {
            "count": total.get_total_count(),
            "counts": {
                str(item.value_iterated_to): item.count_at_value_iterated_to
                for item in total.get_recorded_iterator()
            },
            "values": [value_at(float(row["percentile"])) for row in rows],
        }
    )
)
