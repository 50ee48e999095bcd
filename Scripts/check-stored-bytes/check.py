#!/usr/bin/env python3
"""Checks, by programs that are not Weir, that it stores the user's records and nothing else.

    Scripts/check-stored-bytes/check.py [--weir WEIR] [--all | --corpus FILE] [--jobs 1]

For each case (a payload, with or without keys, a batch.size, a codec) it runs `weir run` with a log
that is kept, and reads the log's segments with a parser of its own. Of the keys, values and
timestamps that it finds, kafka-python builds the same batches again, without any header; the
codecs' Python packages compress each in one call. It prints both sides as a table, and fails where

- stored bytes, compression ratio or records a batch of `summary.csv` are more than 1 % off;
- logical bytes, or what else can be counted in the segments, are not in `summary.csv` exactly;
- a batch, uncompressed, is not kafka-python's byte for byte, or a checksum is wrong;
- a record has a header, a key of another kind, or a value that is not the payload's next;
- offsets, sequences, producers or timestamps are not what Kafka has in their place;
- the audit found something lost, duplicated, reordered or corrupt;
- `payload.ratio` is missed by more than 2 %.

"Records a batch" are held against batches that kafka-python fills to batch.size. Several partitions
that records without keys take turns in would be filled otherwise: there, cases have keys.

Without an option it checks a few cases, in some ten seconds, with a debug build of Weir too. --all
checks every payload, with and without keys, each batch size and codec: some 330 cases in some five
minutes. --corpus does so with the first 8 MB of a file of yours, a record a line. The other
payloads are made here, always the same.

Needs Python 3.11 and the packages of Tests/RecordFormatTests/Interop/requirements.txt, as in
.venv-test/bin/python, which `make test` makes.

Exit status: 0 all is as it should be; 1 something is not, and the cases are named; 2 usage.
"""

import argparse
import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed

import cases
import checking
import payloads

# Bytes of values of each case: some batches of 1 MiB; fewer where a debug build has to send them.
BYTES = 8_000_000
FEW_BYTES = 1_500_000

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def main():
    options = parsed_options()
    with tempfile.TemporaryDirectory(prefix="weir-stored-bytes-") as folder:
        wanted = wanted_cases(options, folder)
        outcomes = check_all(wanted, options, folder)
    hold_against_each_other(outcomes)
    print_table(outcomes)
    failed = [outcome for outcome in outcomes if outcome.faults]
    for outcome in failed:
        print(f"\n{outcome.case}:", *outcome.faults, sep="\n  ")
    print(f"\n{len(outcomes) - len(failed)} of {len(outcomes)} cases are as they should be.")
    sys.exit(1 if failed else 0)


def parsed_options():
    parser = argparse.ArgumentParser(
        description="Checks that what Weir stores is the user's records and nothing else.")
    parser.add_argument(
        "--weir", default=os.path.join(ROOT, ".build/release/weir"), help="the executable")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--all", action="store_true", help="every case, not just a few")
    choice.add_argument("--corpus", metavar="FILE", help="a file of yours, a record a line")
    parser.add_argument("--jobs", type=int, default=1, help="cases at the same time")
    options = parser.parse_args()
    options.weir = os.path.abspath(options.weir)
    if not os.access(options.weir, os.X_OK):
        parser.error(f"{options.weir} is no executable")
    if options.corpus and not os.path.isfile(options.corpus):
        parser.error(f"{options.corpus} is no file")
    if options.jobs < 1:
        parser.error("--jobs is at least 1")
    return options


def wanted_cases(options, folder):
    if options.corpus:
        return cases.of_payloads([payloads.from_file(options.corpus, folder, BYTES)])
    byte_count = BYTES if options.all else FEW_BYTES
    made = payloads.made_files(folder, byte_count) + payloads.made_by_weir(byte_count)
    choose = cases.every_case if options.all else cases.few_cases
    return choose(made, byte_count)


def check_all(wanted, options, folder):
    """The outcomes in the order of the cases, with a line of progress for each."""
    outcomes = {}
    with ProcessPoolExecutor(options.jobs) as pool:
        running = {}
        for number, case in enumerate(wanted):
            place = os.path.join(folder, str(number))
            running[pool.submit(checking.check, case, options.weir, place)] = number
        for done in as_completed(running):
            outcome = outcomes[running[done]] = done.result()
            verdict = "FAILED" if outcome.faults else "ok"
            print(f"{len(outcomes)}/{len(wanted)} {outcome.case}: {verdict}", file=sys.stderr)
    return [outcomes[number] for number in range(len(wanted))]


def hold_against_each_other(outcomes):
    """Keys, batch sizes and codecs change nothing of the values that a payload has."""
    first = {}
    for outcome in outcomes:
        if outcome.values_digest:
            other = first.setdefault(outcome.case.payload.name, outcome)
            if other.values_digest != outcome.values_digest:
                outcome.faults.append(f"the values are not those of: {other.case}")


def print_table(outcomes):
    print(
        "| case | stored | rebuilt | | ratio | rebuilt | logical | rebuilt "
        "| records a batch | rebuilt | |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|")
    for outcome in outcomes:
        verdict = "FAILED" if outcome.faults else "ok"
        reported, independent = outcome.reported, outcome.independent
        if reported is None:
            print(f"| {outcome.case} | | | | | | | | | | {verdict} |")
            continue
        difference = reported.stored_bytes / independent.stored_bytes - 1
        print(
            f"| {outcome.case} "
            f"| {reported.stored_bytes:,} | {independent.stored_bytes:,} | {difference:+.2%} "
            f"| {reported.ratio:.3f} | {independent.ratio:.3f} "
            f"| {reported.logical_bytes:,} | {independent.logical_bytes:,} "
            f"| {reported.records_per_batch:.1f} | {independent.records_per_batch:.1f} "
            f"| {verdict} |")


if __name__ == "__main__":
    main()
