"""Reads a histogram log with the hdrhistogram package; prints what it found as JSON.

One object a line: tag, start and end in seconds, total count, maximum, and percentiles.
"""

import json
import sys

from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogReader

reader = HistogramLogReader(sys.argv[1], HdrHistogram(1, 3_600_000_000_000, 3))
while histogram := reader.get_next_interval_histogram():
    counts = {
        str(item.value_iterated_to): item.count_at_value_iterated_to
        for item in histogram.get_recorded_iterator()
    }
    print(
        json.dumps(
            {
                "tag": histogram.get_tag(),
                "start": histogram.get_start_time_stamp() / 1000,
                "end": histogram.get_end_time_stamp() / 1000,
                "count": histogram.get_total_count(),
                "counts": counts,
                "p99": histogram.get_value_at_percentile(99),
            }
        )
    )
