#!/usr/bin/env python3
"""Holds Weir's load generator against librdkafka, in turns, with the same bytes to the same broker, `weir serve`.

    Scripts/client-peers/measure.py [--turns 5] [--bytes 1000000000] [--data DIR] [--seconds 600]
                                    [--only NAME …] [WEIR]

Prints medians: records per CPU-second of each client, their ratio, and the broker's CPU time beside them. Both sides
have one partition, the same batch size, linger, acks and values. Without --only all but `many`, which runs Weir alone
for --seconds. Needs gcc and librdkafka-dev. WEIR is by default build/weir.
"""

import argparse
import csv
import glob
import json
import os
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "Scripts/broker-peers"))

from broker import Broker, medians, number, write_orders  # noqa: E402

BATCH = 65536
PRODUCER = (f"batch.size={BATCH}", "batch.num.messages=100000", "linger.ms=5", "acks=all",
            "enable.idempotence=true", "queue.buffering.max.messages=1000000")
READERS = "[{group: readers}]"
CONSUMER = ("check.crcs=true", "fetch.wait.max.ms=500", "queued.min.messages=1000000")


def build(folder):
    crc = os.path.join(ROOT, "Sources/CRC32C")
    sources = [os.path.join(crc, name) for name in sorted(os.listdir(crc)) if name.endswith(".c")]
    for command in (
        ["gcc", "-O2", os.path.join(HERE, "peer.c"), "-o", os.path.join(folder, "peer"), "-lrdkafka", "-lpthread"],
        *(["gcc", "-O2", "-I", os.path.join(crc, "include"), os.path.join(HERE, f"{name}.c"), *sources,
           "-o", os.path.join(folder, name), "-lpthread"] for name in ("ping", "bare")),
    ):
        subprocess.run(command, check=True)


class Clients:
    """Both clients against one broker; what each run took is a dictionary."""

    def __init__(self, weir, folder, size):
        self.weir, self.folder, self.size = weir, folder, size
        self.values = os.path.join(folder, f"values-{size}")
        if not os.path.exists(self.values):
            write_orders(self.values, size, (64 << 20) // size)
        self.broker = Broker(weir, folder)

    def stop(self):
        self.broker.stop()

    def _observed(self, words):
        before = self.broker.cpu_s()
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
        # Of `weir run`: suspect, because of the broker, is 0; records that failed are not.
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout, self.broker.cpu_s() - before

    def librdkafka(self, mode, topic, *words, settings=()):
        values = () if mode.startswith("consume") else (self.values, self.size)
        printed, broker = self._observed(
            [os.path.join(self.folder, "peer"), mode, self.broker.address, topic, *values, *words, *settings])
        found = {"cpu": number(r"cpu ([\d.]+)", printed), "rate": number(r"(\d+) records/s", printed),
                 "broker": broker}
        if mode == "pair":
            found |= {name: number(name + r" ([\d.]+)", printed) for name in ("p50", "p99")}
        return found

    def bare(self, mode, topic, *words):
        """CPU-seconds of a client that does nothing with its records."""
        printed, _ = self._observed([os.path.join(self.folder, "bare"), mode, self.broker.port, topic, *words])
        return number(r"cpu ([\d.]+)", printed)

    def weir_run(self, topic, *settings, consumers="[]"):
        out = tempfile.mkdtemp(dir=self.folder)
        profile = os.path.join(out, "peer.yaml")
        with open(profile, "w", encoding="ascii") as file:
            file.write('description: "What does the client cost?"\n')
        words = [self.weir, "run", profile, "--out", out, "--json", "--quiet", "--bootstrap-server", self.broker.address,
                 "--keep-topics"]
        for setting in (
            f"topics.name={topic}", f"batch.size={BATCH}", "payload.kind=corpus", f"payload.file={self.values}",
            "payload.format=slices", f"payload.size={self.size}", f"consumers={consumers}", "warmup=0s",
            "linger.ms=5ms", *settings,
        ):
            words += ["--set", setting]
        printed, broker = self._observed(words)
        summary = json.loads(printed)
        rows = []
        for path in glob.glob(f"{out}/peer/*Z/timeseries.csv"):
            with open(path, encoding="ascii") as file:
                rows += list(csv.DictReader(file))
        return summary, rows, broker


def rows_of(found, ours, peers, count, bare=None):
    """Adds a turn: what each side did of `count` records. `bare` is what a client without a client's work takes."""
    if bare:
        found.setdefault("bare M records/CPU-s", []).append(count / bare / 1e6)
        found.setdefault("ratio that bare sockets reach", []).append(peers["cpu"] / bare)
    for name, value in (
        ("Weir M records/CPU-s", count / ours["cpu"] / 1e6),
        ("librdkafka M records/CPU-s", count / peers["cpu"] / 1e6),
        ("ratio", peers["cpu"] / ours["cpu"]),
        ("Weir M records/s", ours["rate"] / 1e6),
        ("librdkafka M records/s", peers["rate"] / 1e6),
        ("broker CPU-s", ours["broker"]),
        ("with librdkafka", peers["broker"]),
    ):
        found.setdefault(name, []).append(value)


def process_cpu(summary):
    return summary["cpu_user_s"] + summary["cpu_system_s"]


def measure_produce(options, folder, size, codec):
    found = {}
    count = options.bytes // size
    level = codec.partition(":")[2]
    for _ in range(options.turns):
        clients = Clients(options.weir, folder, size)
        summary, _, broker = clients.weir_run(
            "ours", "rate=max", f"records={count}", f"compression.type={codec}")
        ours = {"cpu": process_cpu(summary), "rate": summary["acked_rate_records_per_s"], "broker": broker}
        settings = (*PRODUCER, f"compression.codec={codec.partition(':')[0]}",
                    *((f"compression.level={level}",) if level else ()))
        peers = clients.librdkafka("produce", "theirs", count, settings=settings)
        bare = None
        if not level:
            clients.librdkafka("produce", "bare", 1, settings=PRODUCER)
            bare = clients.bare("produce", "bare", size, count)
        clients.stop()
        rows_of(found, ours, peers, count, bare)
        if level:
            # Both compress the same bytes with the same library.
            library = summary["compress_ns_per_byte"] * summary["uncompressed_batch_bytes"] / 1e9
            found.setdefault("ratio without libzstd", []).append(
                (peers["cpu"] - library) / (ours["cpu"] - library))
    medians(f"produce, {size} bytes, {codec}", found)


def measure_consume(options, folder, size):
    """The drain of a backlog: the same batches are read by both."""
    found = {}
    count = options.bytes // size
    for _ in range(options.turns):
        clients = Clients(options.weir, folder, size)
        summary, rows, broker = clients.weir_run("backlog", "rate=max", f"backlog={{records: {count}}}", consumers=READERS)
        seconds = summary["drain_s"]
        # One process: what it took in the drain.
        drain = {row["elapsed_s"]: row for row in rows if row["phase"] == "drain" and row["cpu_percent"]}
        used = sum(float(row["interval_s"]) * float(row["cpu_percent"]) / 100 for row in drain.values())
        ours = {"cpu": used, "rate": count / seconds, "broker": broker}
        peers = clients.librdkafka("consume", "backlog", count, settings=CONSUMER)
        batches = clients.librdkafka("consume-batches", "backlog", count, settings=CONSUMER)
        bare = clients.bare("consume", "backlog", count)
        clients.stop()
        rows_of(found, ours, peers, count, bare)
        found.setdefault("librdkafka by batches, M records/CPU-s", []).append(count / batches["cpu"] / 1e6)
        found.setdefault("ratio to that", []).append(batches["cpu"] / ours["cpu"])
    medians(f"consume, {size} bytes", found)


def measure_pair(options, folder, size):
    found = {}
    count = options.bytes // size
    for _ in range(options.turns):
        clients = Clients(options.weir, folder, size)
        summary, _, broker = clients.weir_run("ours", "rate=max", f"records={count}", consumers=READERS)
        took = max(count / summary["acked_rate_records_per_s"],
                   count / summary["consumed_rate_records_per_s"])
        ours = {"cpu": process_cpu(summary), "rate": count / took, "broker": broker}
        peers = clients.librdkafka("pair", "theirs", count, 0, settings=(*PRODUCER, *CONSUMER))
        clients.stop()
        rows_of(found, ours, peers, count)
        found.setdefault("ratio of rates", []).append(ours["rate"] / peers["rate"])
    medians(f"one producer and one consumer, {size} bytes", found)


def measure_latency(options, folder, linger):
    """20,000 records/s of 1,000 bytes, for ten seconds."""
    found = {}
    for _ in range(options.turns):
        clients = Clients(options.weir, folder, 1000)
        summary, _, _ = clients.weir_run(
            "ours", "rate=20000/s", "duration=10s", f"linger.ms={linger}ms", "warmup=1s", consumers=READERS)
        settings = [setting for setting in (*PRODUCER, *CONSUMER) if not setting.startswith("linger")]
        peers = clients.librdkafka(
            "pair", "theirs", 200_000, 20_000, settings=(*settings, f"linger.ms={linger}"))
        clients.librdkafka("produce", "bare", 1, settings=PRODUCER)
        bare = subprocess.run(
            [os.path.join(folder, "ping"), str(clients.broker.port), "bare", "1", "1000", "20000",
             str(1000 // max(linger, 1)), "10"], capture_output=True, text=True, check=True).stdout
        clients.stop()
        for name, value in (
            ("send delay p99 us", summary["send_delay_p99_us"]),
            ("Weir % of a core", process_cpu(summary) * 10),
            ("librdkafka % of a core", peers["cpu"] * 10),
            ("bare % of a core", number(r"cpu ([\d.]+)", bare) * 10),
            ("Weir e2e p50 us", summary["e2e_latency_p50_us"]),
            ("Weir e2e p99 us", summary["e2e_latency_p99_us"]),
            ("librdkafka e2e p50 us", peers["p50"]),
            ("librdkafka e2e p99 us", peers["p99"]),
            ("bare e2e p50 us", number(r"p50 ([\d.]+)", bare)),
            ("bare e2e p99 us", number(r"p99 ([\d.]+)", bare)),
            ("e2e p99 to bare", summary["e2e_latency_p99_us"] / number(r"p99 ([\d.]+)", bare)),
        ):
            found.setdefault(name, []).append(value)
    medians(f"20,000 records/s of 1,000 bytes, linger {linger} ms", found)


def measure_many(options, folder):
    """1,000 producers, 1,000 members of a group, 500 topics of 20 partitions, 5,000 records/s: once, --seconds long."""
    clients = Clients(options.weir, folder, 1000)
    most = [0]
    ended = threading.Event()

    def count():
        port = f":{clients.broker.port:04X}"
        while not ended.wait(1):
            with open("/proc/net/tcp", encoding="ascii") as file:
                most[0] = max(most[0], sum(line.split()[2].endswith(port) for line in file))

    counting = threading.Thread(target=count, daemon=True)
    counting.start()
    summary, rows, broker = clients.weir_run(
        "many", "rate=5000/s", f"duration={options.seconds}s", "warmup=10s", "topics.count=500", "partitions=20",
        "producers.count=1000", "partitioner=round-robin",
        consumers="[{group: readers, members: 1000}]")
    ended.set()
    counting.join()
    resident = [int(row["rss_bytes"]) / (1 << 20) for row in rows if row["phase"] == "run" and row["rss_bytes"]]
    third = len(resident) // 3
    medians(f"1,000 producers, 1,000 members, 10,000 partitions, {options.seconds} s", {
        "connections": most, "Weir % of a core": [process_cpu(summary) / options.seconds * 100],
        "broker % of a core": [broker / options.seconds * 100],
        "send delay p99 us": [summary["send_delay_p99_us"]], "e2e p99 us": [summary["e2e_latency_p99_us"]],
        "RSS MiB, first third": resident[:third], "last third": resident[-third:],
        "lost": [summary["lost"]],
    })
    clients.stop()


def main():
    measurements = {}
    for size in (100, 1024):
        for codec in ("none", "zstd:1"):
            measurements[f"produce-{size}-{codec.partition(':')[0]}"] = (measure_produce, size, codec)
        measurements[f"consume-{size}"] = (measure_consume, size)
        measurements[f"pair-{size}"] = (measure_pair, size)
    for linger in (1, 5):
        measurements[f"latency-{linger}"] = (measure_latency, linger)
    measurements["many"] = (measure_many,)
    parser = argparse.ArgumentParser()
    parser.add_argument("weir", nargs="?", default=os.path.join(ROOT, "build/weir"))
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--bytes", type=int, default=1_000_000_000)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--data", default=None)
    parser.add_argument("--only", action="append", choices=measurements)
    options = parser.parse_args()
    options.weir = os.path.abspath(options.weir)
    with tempfile.TemporaryDirectory(dir=options.data) as folder:
        build(folder)
        for name in options.only or [name for name in measurements if name != "many"]:
            measure, *rest = measurements[name]
            measure(options, folder, *rest)
    return 0


if __name__ == "__main__":
    sys.exit(main())
