"""Reads OpenMetrics text with prometheus_client's strict parser, and with that of Prometheus' older
text format, which push gateways use; prints the samples as JSON, one object a line."""

import json
import sys

from prometheus_client import parser as text
from prometheus_client.openmetrics import parser as openmetrics

with open(sys.argv[1], encoding="utf-8", newline="") as file:
    exposition = file.read()


def samples(families):
    return [
        (sample.name, sample.labels, sample.value)
        for family in families
        for sample in family.samples
    ]


families = list(openmetrics.text_string_to_metric_families(exposition))
older = list(text.text_string_to_metric_families(exposition))
assert samples(families) == samples(older), "the two formats read differently"
for family in older:
    assert family.type in ("gauge", "summary"), (family.name, family.type)
for family in families:
    assert family.documentation, family.name
    for name, labels, value in samples([family]):
        print(
            json.dumps(
                {
                    "family": family.name,
                    "type": family.type,
                    "unit": family.unit,
                    "name": name,
                    "labels": labels,
                    "value": value,
                }
            )
        )
