"""One case: run, read, built again and compared."""

import csv
import glob
import hashlib
import os
import re
import shutil
import subprocess
import time
from collections import Counter
from dataclasses import dataclass, field

import batches
from cases import KEY_CARDINALITY, TOPIC, Case

# How far Weir's figures may be from the independent ones, and the ratio reached from the one asked.
TOLERANCES = {
    "stored_bytes": 0.01, "ratio": 0.01, "logical_bytes": 0, "records_per_batch": 0.01}
RATIO_TOLERANCE = 0.02
# Far beyond what any case takes: a shared machine may be slow, a hang is a hang.
DEADLINE_S = 300


@dataclass
class Figures:
    """What `summary.csv` says, or what the independent program makes of it."""

    stored_bytes: int
    ratio: float
    logical_bytes: int
    records_per_batch: float


@dataclass
class Outcome:
    case: Case
    reported: Figures | None = None
    independent: Figures | None = None
    # Of the values in order, to hold against other cases with the same payload.
    values_digest: str | None = None
    faults: list[str] = field(default_factory=list)


def check(case, weir, folder):
    """Runs one case in a folder of its own, which is removed afterwards."""
    outcome = Outcome(case)
    os.mkdir(folder)
    try:
        began_ms = int(time.time() * 1000)
        row = _run(case, weir, folder, outcome)
        if row is not None:
            partitions = _stored(case, folder)
            _check_bookkeeping(case, partitions, began_ms, outcome)
            _compare(case, row, partitions, outcome)
    except batches.Damaged as damage:
        outcome.faults.append(str(damage))
    finally:
        shutil.rmtree(folder)
    return outcome


def _run(case, weir, folder, outcome):
    """The run's row of `summary.csv`; None, and a fault, where there is none."""
    with open(os.path.join(folder, "case.yaml"), "w") as file:
        file.write(case.profile())
    try:
        ended = subprocess.run(
            [weir, "run", "case.yaml", "--out", "results", "--quiet", "--no-report"], cwd=folder,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE_S)
    except subprocess.TimeoutExpired:
        outcome.faults.append(f"weir does not end within {DEADLINE_S} s")
        return None
    if ended.returncode != 0:
        outcome.faults.append(
            f"weir: exit status {ended.returncode}: {ended.stderr or ended.stdout}")
        return None
    with open(os.path.join(folder, "results/case/latest/summary.csv"), newline="") as file:
        [row] = csv.DictReader(file)
    for column in ("lost", "duplicated", "reordered", "corrupt", "failed_records"):
        if row[column] != "0":
            outcome.faults.append(f"{column} is {row[column]}, not 0")
    return row


def _stored(case, folder):
    """The batches of each partition, in order."""
    return [
        [
            batch
            for path in sorted(glob.glob(f"{folder}/data/{TOPIC}-{partition}/*.log"))
            for batch in batches.read_segment(path)
        ]
        for partition in range(case.partitions)]


def _compare(case, row, partitions, outcome):
    everything = [batch for partition in partitions for batch in partition]
    records = [record for batch in everything for record in batch.records]
    if not records:
        outcome.faults.append("nothing is stored")
        return
    logical_bytes = sum(
        len(record.key or b"") + len(record.value or b"") for record in records)
    if len(records) != case.payload.record_count:
        outcome.faults.append(f"{len(records):,} records, not {case.payload.record_count:,}")
    _check_counts(row, everything, records, outcome)
    _check_headers(records, outcome)
    _check_keys(case, records, outcome)
    _check_values(case, partitions, outcome)

    uncompressed = stored = unlike = 0
    for batch in everything:
        twin = batches.rebuilt(batch)
        unlike += not _is_alike(batch, twin, case.codec)
        uncompressed += len(twin)
        header, section = twin[:batches.HEADER.size], twin[batches.HEADER.size:]
        stored += len(header) + len(batches.compressed(case.codec, section))
    if unlike:
        more = sum(batches.HEADER.size + len(batch.section) for batch in everything) - uncompressed
        outcome.faults.append(
            f"{unlike:,} of {len(everything):,} batches are not what kafka-python makes of the "
            f"same keys and values: {more:+,} bytes uncompressed, {more / uncompressed:+.1%}")

    filled = sum(
        batches.filled_batch_count(_records(stream), case.batch_size)
        for stream in _streams(partitions))
    outcome.reported = Figures(
        int(row["stored_bytes"]), float(row["compression_ratio"]), int(row["logical_bytes"]),
        float(row["records_per_batch_mean"]))
    outcome.independent = Figures(
        stored, uncompressed / stored, logical_bytes, len(records) / filled)
    for name, tolerance in TOLERANCES.items():
        reported, independent = getattr(outcome.reported, name), getattr(outcome.independent, name)
        difference = reported / independent - 1
        if abs(difference) > tolerance:
            outcome.faults.append(
                f"{name} is {reported:,}, and {round(independent, 4):,} independently: "
                f"{difference:+.2%}")
    asked = case.payload.ratio
    if asked and abs(outcome.reported.ratio / asked - 1) > RATIO_TOLERANCE:
        outcome.faults.append(
            f"payload.ratio {asked} was asked for, and {outcome.reported.ratio} reached: "
            f"{outcome.reported.ratio / asked - 1:+.1%}")


def _streams(partitions):
    """The batches of each producer in each partition, in order."""
    streams = {}
    for number, partition in enumerate(partitions):
        for batch in partition:
            streams.setdefault((number, batch.producer_id), []).append(batch)
    return streams.values()


def _records(stream):
    return [record for batch in stream for record in batch.records]


def _check_bookkeeping(case, partitions, began_ms, outcome):
    """Offsets, sequences, producers and times are what Kafka has there, and hold nothing else."""
    ended_ms = time.time() * 1000
    for partition in partitions:
        _check_consecutive("base offsets", partition, lambda batch: batch.base_offset, outcome)
    for stream in _streams(partitions):
        _check_consecutive("base sequences", stream, lambda batch: batch.base_sequence, outcome)
        times = [record.timestamp for record in _records(stream)]
        if times != sorted(times) or times[0] < began_ms or times[-1] > ended_ms:
            outcome.faults.append("the timestamps are not those of the run, one after the other")
    producers = {
        (batch.producer_id, batch.producer_epoch) for stream in partitions for batch in stream}
    if len(producers) != case.producers:
        outcome.faults.append(f"{len(producers)} producer ids and epochs, not {case.producers}")


def _check_consecutive(name, stream, number_of, outcome):
    expected = 0
    for batch in stream:
        if number_of(batch) != expected:
            outcome.faults.append(f"{name}: {number_of(batch):,} after {expected:,} records")
            return
        expected += len(batch.records)


def _is_alike(batch, twin, codec):
    """Whether the batch, uncompressed, is the other one byte for byte, but for what the log and the
    codec set: base offset, leader epoch, length, checksum and the codec's bits."""
    number = batches.CODEC_NUMBERS[codec.partition(":")[0]]
    own = batch.checksummed[2:batches.HEADER.size - batches.ATTRIBUTES_POSITION] + batch.section
    return batch.attributes == number and own == twin[batches.ATTRIBUTES_POSITION + 2:]


def _check_counts(row, everything, records, outcome):
    """What can be counted in the files is in `summary.csv` exactly."""
    counted = {
        "acked_records": len(records),
        "batches": len(everything),
        "stored_bytes": sum(batch.byte_count for batch in everything),
        "uncompressed_batch_bytes": sum(
            batches.HEADER.size + len(batch.section) for batch in everything),
    }
    for column, count in counted.items():
        if int(row[column]) != count:
            outcome.faults.append(
                f"{column} is {int(row[column]):,}, and {count:,} in the segments")


def _check_headers(records, outcome):
    with_headers = [record for record in records if record.headers]
    if with_headers:
        name, content = with_headers[0].headers[0]
        outcome.faults.append(
            f"{len(with_headers):,} of {len(records):,} records have headers, the first one "
            f"{name!r} with {len(content or b'')} bytes")


def _check_keys(case, records, outcome):
    def is_right(record):
        match case.keys:
            case "none":
                return record.key is None
            case "uniform":
                found = re.fullmatch(rb"key-(\d{7})", record.key or b"")
                return found and int(found[1]) < KEY_CARDINALITY
            case "payload":
                found = re.search(rb'"orderId":"([^"]+)"', record.value or b"")
                return found and record.key == found[1]

    wrong = sum(not is_right(record) for record in records)
    if wrong:
        outcome.faults.append(
            f"{wrong:,} of {len(records):,} keys are not keys of kind {case.keys}")


def _check_values(case, partitions, outcome):
    """Nothing was added to the user's records, nothing taken, and nothing moved."""
    values = [
        record.value or b"" for stream in _streams(partitions) for record in _records(stream)]
    payload = case.payload
    if payload.size and any(len(value) != payload.size for value in values):
        outcome.faults.append(f"not every value has {payload.size} bytes")
    if payload.file:
        expected = payload.values()
        # Each producer begins at a place of its own in the file, and with several partitions their
        # records mingle: then every record is there once, in whichever order.
        is_whole = (
            values == expected if case.producers == case.partitions == 1
            else Counter(values) == Counter(expected))
        if not is_whole:
            outcome.faults.append("the values are not the file's lines, one after the other")
    if case.producers == case.partitions == 1 and not payload.ratio:
        digest = hashlib.sha256()
        for value in values:
            digest.update(len(value).to_bytes(4) + value)
        outcome.values_digest = digest.hexdigest()
