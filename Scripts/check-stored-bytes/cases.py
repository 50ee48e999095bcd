"""Which cases are checked: a payload, keys, a batch size, a codec; and the profile of each."""

from dataclasses import dataclass

import payloads
from payloads import Payload

KIB = 1024
BATCH_SIZES = {16 * KIB: "16KiB", 64 * KIB: "64KiB", 1024 * KIB: "1MiB"}
CODECS = ["none", "lz4", "zstd:1", "zstd:3", "zstd:9", "gzip", "snappy"]
RATIOS = [2, 4, 8]
KEY_CARDINALITY = 10_000
TOPIC = "records"
# A batch of 1 MiB that a codec makes larger must fit, too.
MAX_MESSAGE_BYTES = 2 * 1024 * KIB


@dataclass(frozen=True)
class Case:
    payload: Payload
    keys: str
    batch_size: int
    codec: str
    producers: int = 1
    partitions: int = 1

    def __str__(self):
        size = BATCH_SIZES[self.batch_size]
        name = f"{self.payload.name}, keys {self.keys}, {size}, {self.codec}"
        if self.producers > 1 or self.partitions > 1:
            name += f", {self.producers} producers, {self.partitions} partitions"
        return name

    def profile(self):
        """As fast as it goes, with a linger that never ends a batch: each batch is filled. No
        warm-up, so that every record stored is counted, and a group, so that each is audited."""
        return f"""\
description: "A case of check-stored-bytes."
data.dir: data
topics:
  name: {TOPIC}
  partitions: {self.partitions}
  config: {{max.message.bytes: {MAX_MESSAGE_BYTES}}}
producers:
  count: {self.producers}
  rate: max
  config: {{batch.size: {self.batch_size}, linger.ms: 60s, compression.type: "{self.codec}"}}
payload: {self.payload.settings()}
keys: {self.key_settings()}
consumers: [{{group: audit}}]
warmup: 0s
records: {self.payload.record_count}
"""

    def key_settings(self):
        if self.keys == "uniform":
            return f"{{kind: uniform, cardinality: {KEY_CARDINALITY}}}"
        return f"{{kind: {self.keys}}}"


def every_case(made, ratio_bytes):
    """The whole matrix, what several producers and partitions make of it, and the ratios."""
    cases = of_payloads(made)
    cases += [
        Case(payload, keyed(payload), 64 * KIB, codec, producers=2, partitions=3)
        for payload in made for codec in ("none", "zstd:3")]
    cases += [
        Case(payloads.of_ratio(ratio, size, ratio_bytes), keys, 64 * KIB, codec)
        for ratio in RATIOS for size in (100, 1024) for codec in ("zstd:3", "lz4")
        for keys in ("none", "uniform")]
    return cases


def of_payloads(made):
    return [
        Case(payload, keys, batch_size, codec)
        for payload in made for keys in ("none", keyed(payload)) for batch_size in BATCH_SIZES
        for codec in CODECS]


def keyed(payload):
    """Orders have keys of their own."""
    return "payload" if payload.kind == "orders" else "uniform"


def few_cases(made, ratio_bytes):
    """Every payload, codec and batch size once at least."""
    named = {payload.name: payload for payload in made}
    return [
        Case(named["csv"], "none", 16 * KIB, "zstd:3"),
        Case(named["csv"], "uniform", 16 * KIB, "lz4", producers=2, partitions=3),
        Case(named["access log"], "none", 64 * KIB, "gzip"),
        Case(named["syslog"], "uniform", 16 * KIB, "snappy"),
        Case(named["json"], "none", 1024 * KIB, "zstd:1"),
        Case(named["orders"], "payload", 64 * KIB, "zstd:9"),
        Case(named["random 100 B"], "uniform", 64 * KIB, "none"),
        Case(named["random 1 KiB"], "none", 16 * KIB, "lz4"),
        Case(payloads.of_ratio(4, 100, ratio_bytes), "uniform", 64 * KIB, "zstd:3"),
    ]
