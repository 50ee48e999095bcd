"""What the cases send, whatever the client: records that catch what is easily got wrong."""

import random

CODECS = ("none", "gzip", "snappy", "lz4", "zstd")


def awkward_records():
    """Keys, values and headers: null, empty, text beyond ASCII, bytes that are no text, and repeated."""
    return [
        (b"key", b"value", []),
        (None, b"a null key", []),
        (b"tombstone", None, []),
        (b"", b"", [("empty", b"")]),
        ("ключ".encode(), "значение ✓".encode(), [("заголовок", "да".encode())]),
        (bytes(range(256)), bytes(range(255, -1, -1)), [("h", b"1"), ("h", b"2"), ("n", None)]),
    ]


def large_record(seed):
    """One megabyte that no codec makes smaller."""
    return random.Random(seed).randbytes(1_000_000)


def numbered(count, prefix="record"):
    return [f"{prefix}-{number}".encode() for number in range(count)]
