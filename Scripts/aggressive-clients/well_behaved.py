"""A client that produces a record of 1 kB every 10 ms to the topic `own`, and reads it back."""

import os
import struct
import time

import wire

INTERVAL_S = 0.01


def percentile(times, percent):
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] * 1000


def latencies(connection, seconds):
    """Of produces and of fetches, in seconds, from when each was due."""
    produce = wire.produce("well-behaved", "own", wire.batch([os.urandom(1000)]))
    # The offset is put in once it is known.
    place = 0x0102030405060708
    head, tail = wire.fetch("well-behaved", "own", place).split(struct.pack(">q", place))
    produced, fetched = [], []
    due = start = time.monotonic()
    while due < start + seconds:
        time.sleep(max(0, due - time.monotonic()))
        offset = wire.base_offset(wire.ask(connection, produce))
        middle = time.monotonic()
        wire.ask(connection, head + struct.pack(">q", offset) + tail)
        produced.append(middle - due)
        fetched.append(time.monotonic() - middle)
        due = max(due + INTERVAL_S, time.monotonic() - 1)
    return produced, fetched


def show(name, measured, alone=None):
    for what, times, base in zip(("produce", "fetch"), measured, alone or measured):
        line = f"{name:18} {what:8} n={len(times):5}"
        for percent in (50, 99, 99.9):
            line += f"  p{percent:<4} {percentile(times, percent):9.2f} ms"
        if alone:
            line += f"  p99 is {percentile(times, 99) / percentile(base, 99):7.1f} x"
        print(line, flush=True)
