#!/usr/bin/env python3
"""Holds `weir serve` against bare programs that do the same, in turns, and prints the medians.

    Scripts/broker-peers/measure.py [--turns 5] [--bytes 1500000000] [--data DIR] [--only NAME …] [WEIR]

Without --only all but `validation`, which measures what each level of weir.batch.validation costs the
broker, by codec. Needs gcc and librdkafka-dev. WEIR is by default build/weir. Every figure of the broker
and of what it is held against comes from the same run.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time

from broker import Broker, medians, number, write_orders

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CHUNK = 1 << 20


def build(folder):
    crc = os.path.join(ROOT, "Sources/CRC32C")
    sources = [os.path.join(crc, name) for name in sorted(os.listdir(crc)) if name.endswith(".c")]
    for command in (
        ["gcc", "-O2", "-I", os.path.join(crc, "include"), os.path.join(HERE, "peers.c"), *sources,
         "-o", os.path.join(folder, "peers")],
        ["gcc", "-O2", os.path.join(HERE, "produce.c"), "-o", os.path.join(folder, "produce"),
         "-lrdkafka"],
    ):
        subprocess.run(command, check=True)


class Peers:
    def __init__(self, folder):
        self.folder = folder
        self.peers = os.path.join(folder, "peers")

    def run(self, *words):
        return subprocess.run(
            [self.peers, *map(str, words)], check=True, capture_output=True, text=True).stdout

    def produce(self, *words):
        return subprocess.run(
            [os.path.join(self.folder, "produce"), *map(str, words)], check=True,
            capture_output=True, text=True).stdout

    def serve(self, *words):
        server = subprocess.Popen(
            [self.peers, *map(str, words)], stdout=subprocess.PIPE, text=True)
        return server, int(server.stdout.readline())


def measure_fetch(weir, peers, turns, byte_count):
    broker = Broker(weir, peers.folder, "log.segment.bytes=1073741824", "message.max.bytes=2000000")
    peers.produce(broker.address, "fetched", 1000, 500_000, "batch.size=65000", "linger.ms=50",
                  "batch.num.messages=100000")
    file = os.path.join(peers.folder, "bare")
    with open(file, "wb") as out:
        out.write(os.urandom(1 << 20) * 480)
        # Neither side is to be measured while the disk still takes its file.
        out.flush()
        os.fsync(out.fileno())
    rows = {"bare MB/s": [], "broker MB/s": [], "rate ratio": [], "CPU ratio": []}
    peers.run("fetch", broker.port, "fetched", CHUNK, byte_count // 2)
    for _ in range(turns):
        server, port = peers.serve("sendfile", file, CHUNK)
        bare = number(r"([\d.]+) MB/s", peers.run("pull", port, CHUNK, byte_count))
        bare_cpu = number(r"cpu ([\d.]+)", server.communicate()[0])
        before = broker.cpu_s()
        ours = number(r"([\d.]+) MB/s", peers.run(
            "fetch", broker.port, "fetched", CHUNK, byte_count))
        rows["bare MB/s"].append(bare)
        rows["broker MB/s"].append(ours)
        rows["rate ratio"].append(ours / bare)
        rows["CPU ratio"].append((broker.cpu_s() - before) / bare_cpu)
    medians("fetch of 1 MiB, discarded, against sendfile", rows)
    broker.stop()
    os.unlink(file)


def measure_produce(weir, peers, turns, byte_count, size):
    file = os.path.join(peers.folder, "received")
    rows = {"records/s": [], "broker CPU s/GB": [], "bare CPU s/GB": [], "ratio": []}
    count = byte_count // size // 4
    settings = ("linger.ms=5", "acks=1", "batch.size=1000000", "batch.num.messages=100000")
    for _ in range(turns):
        # A broker for each turn: the bare program has no old segments to delete, either.
        broker = Broker(weir, peers.folder)
        peers.produce(broker.address, "produced", size, count // 20, *settings)
        before, written = broker.cpu_s(), broker.written_bytes()
        printed = peers.produce(broker.address, "produced", size, count, *settings)
        ours = (broker.cpu_s() - before) / (count * size / 1e9)
        # The same bytes: a record is some ten bytes longer in its batch than its value.
        received = broker.written_bytes() - written
        broker.stop()
        server, port = peers.serve("receive", file, 65536)
        peers.run("push", port, 65536, received)
        bare = number(r"cpu ([\d.]+)", server.communicate()[0]) / (count * size / 1e9)
        os.unlink(file)
        rows["records/s"].append(number(r"([\d]+) records/s", printed))
        rows["broker CPU s/GB"].append(ours)
        rows["bare CPU s/GB"].append(bare)
        rows["ratio"].append(ours / bare)
    medians(f"produce of {size}-byte records by librdkafka", rows)


def measure_validation(weir, peers, turns, byte_count):
    """The broker's CPU time for a GB of values of 1 KiB, by what it looks at in a batch before it acknowledges."""
    values = os.path.join(peers.folder, "values")
    write_orders(values, 1024, 16384)
    count = byte_count // 1024 // 4
    levels = ("none", "header", "records")
    for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
        settings = (f"values={values}", f"compression.type={codec}", "linger.ms=5", "acks=1",
                    "batch.size=1000000", "batch.num.messages=100000")
        rows = {name: [] for name in (
            *(f"{level} CPU s/GB" for level in levels), "header share", "records share", "stored ratio")}
        for turn in range(turns):
            cost = {}
            # Each level is the first one in its turn.
            for level in levels[turn % 3:] + levels[:turn % 3]:
                broker = Broker(weir, peers.folder, f"weir.batch.validation={level}")
                peers.produce(broker.address, "validated", 1024, count // 20, *settings)
                before, written = broker.cpu_s(), broker.written_bytes()
                peers.produce(broker.address, "validated", 1024, count, *settings)
                cost[level] = (broker.cpu_s() - before) / (count * 1024 / 1e9)
                ratio = count * 1024 / (broker.written_bytes() - written)
                broker.stop()
                rows[f"{level} CPU s/GB"].append(cost[level])
            rows["header share"].append((cost["header"] - cost["none"]) / cost["header"])
            rows["records share"].append((cost["records"] - cost["header"]) / cost["records"])
            rows["stored ratio"].append(ratio)
        medians(f"weir.batch.validation, 1 KiB records, {codec}", rows)
    os.unlink(values)


def measure_latency(weir, peers, turns):
    """One client program for both: it sends at the rate, whatever is unanswered, over one connection."""
    broker = Broker(weir, peers.folder, "log.retention.bytes=500000000", "log.segment.bytes=100000000")
    peers.produce(broker.address, "paced", 1000, 100_000)
    rows = {"broker p50 us": [], "broker p99 us": [], "echo p50 us": [], "echo p99 us": [], "ratio": []}
    for _ in range(turns):
        ours = peers.run("produce", broker.port, "paced", 1000, 20_000, 10)
        server, port = peers.serve("echo", 1000)
        echo = peers.run("ping", port, 1000, 20_000, 10)
        server.communicate()
        for name, printed in (("broker", ours), ("echo", echo)):
            for percentile in ("p50", "p99"):
                rows[f"{name} {percentile} us"].append(number(rf"{percentile} ([\d.]+)", printed))
        rows["ratio"].append(rows["broker p99 us"][-1] / rows["echo p99 us"][-1])
        print(f"  broker {ours.strip()}\n  echo   {echo.strip()}", flush=True)
    medians("20,000 requests/s of a 1,000-byte record, acks=all", rows)
    broker.stop()


def measure_durable(weir, peers, turns):
    broker = Broker(weir, peers.folder, "log.flush.interval.messages=1")
    rows = {"records/s": []}
    for _ in range(turns):
        start = time.monotonic()
        clients = [
            subprocess.Popen(
                [os.path.join(peers.folder, "produce"), broker.address, f"durable-{number}", "1024",
                 "60000", "acks=all", "linger.ms=2", "batch.size=262144"],
                stdout=subprocess.PIPE, text=True)
            for number in range(4)]
        for client in clients:
            client.communicate()
            assert client.returncode == 0
        rows["records/s"].append(4 * 60_000 / (time.monotonic() - start))
    medians("1 KiB records, every one flushed, 4 producers", rows)
    broker.stop()


def measure_start(weir, peers, turns):
    rows = {"first answer ms": [], "idle RSS MiB": []}
    for _ in range(turns):
        broker = Broker(weir, peers.folder)
        rows["first answer ms"].append(broker.first_answer_s * 1000)
        time.sleep(1)
        rows["idle RSS MiB"].append(broker.rss_mib())
        broker.stop()
    medians("an empty directory", rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir", nargs="?", default=os.path.join(ROOT, "build/weir"))
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--bytes", type=int, default=1_500_000_000)
    parser.add_argument("--data", default=None)
    measurements = {
        "start": lambda *these: measure_start(*these),
        "fetch": lambda *these: measure_fetch(*these, options.bytes),
        "produce": lambda *these: [measure_produce(*these, options.bytes, size) for size in (100, 1024)],
        "latency": lambda *these: measure_latency(*these),
        "durable": lambda *these: measure_durable(*these),
        "validation": lambda *these: measure_validation(*these, options.bytes),
    }
    parser.add_argument("--only", action="append", choices=measurements)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.data) as folder:
        build(folder)
        for name in options.only or [name for name in measurements if name != "validation"]:
            measurements[name](options.weir, Peers(folder), options.turns)
    return 0


if __name__ == "__main__":
    sys.exit(main())
