"""Drives kcat: produces, lists, looks offsets up, and consumes by partition and in a group.

    drive_kcat.py BOOTSTRAP
"""

import subprocess
import sys

from steps import TOPIC, run

SECONDS = 8


def kcat(*arguments, text=""):
    settings = ("-b", sys.argv[1], "-X", "socket.timeout.ms=3000", "-X", "message.timeout.ms=3000")
    subprocess.run(
        ("kcat", *settings, *arguments),
        input=text.encode(),
        check=True,
        timeout=SECONDS,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def produce():
    kcat("-P", "-t", TOPIC, "-p", "0", "-K", ":", "-H", "header=1", text="key:value\nkey:other\n")


def produce_compressed():
    for codec in ("gzip", "snappy", "lz4", "zstd"):
        kcat("-P", "-t", TOPIC, "-p", "0", "-z", codec, text="compressed " * 20 + "\n")


def produce_in_transaction():
    kcat("-P", "-t", TOPIC, "-p", "0", "-X", "transactional.id=golden-txn", text="committed\n")


def metadata():
    kcat("-L")
    kcat("-L", "-t", TOPIC)


def query():
    kcat("-Q", "-t", f"{TOPIC}:0:-1", "-t", f"{TOPIC}:1:-2")


def consume():
    kcat("-C", "-t", TOPIC, "-p", "0", "-o", "beginning", "-c", "1")


def consume_in_group():
    kcat("-G", "golden-group", "-c", "1", "-X", "auto.offset.reset=earliest", TOPIC)


if __name__ == "__main__":
    run(
        [
            produce,
            produce_compressed,
            produce_in_transaction,
            metadata,
            query,
            consume,
            consume_in_group,
        ]
    )
