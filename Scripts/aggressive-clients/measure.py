#!/usr/bin/env python3
"""What one well-behaved client notices of a hundred that take whatever they get.

    Scripts/aggressive-clients/measure.py [--seconds 20] [--data DIR] [--only NAME …] [--kinds KIND …] [WEIR]

The well-behaved client produces a record of 1 kB every 10 ms and reads it back, on one connection, and measures both. It
does so alone, then beside the others: 25 that produce or fetch as fast as they can, 25 that connect for each request, 25
that ask for the metadata of all topics, of which there are 200 with 5 partitions each, and 25 whose batches decompress to
31 MiB; first without quotas and then with them. Prints the percentiles and their ratio to those alone, and what the
others got done.

All clients run on this machine, the aggressive ones with the lowest priority; so what it prints without quotas is also what
their own programs take of the cores. Needs a Python with kafka-python. WEIR is by default build/weir.
"""

import argparse
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "Scripts/broker-peers"))

import well_behaved  # noqa: E402
import wire  # noqa: E402
from broker import Broker  # noqa: E402

TOPICS = 200
PARTITIONS = 5
# Of each client but the well-behaved one: of time, all of them together may take a quarter of one core.
QUOTAS = [
    ({"client-id": None}, {
        "producer_byte_rate": 250_000, "consumer_byte_rate": 250_000, "request_percentage": 0.25,
        "controller_mutation_rate": 1}),
    ({"client-id": "well-behaved"}, {
        "producer_byte_rate": 10_000_000, "consumer_byte_rate": 10_000_000, "request_percentage": 100}),
    ({"ip": None}, {"connection_creation_rate": 1}),
    ({"ip": "127.0.0.1"}, {"connection_creation_rate": 100}),
]


def latencies(port, seconds):
    with wire.connect(port) as connection:
        wire.ask(connection, wire.versions("well-behaved"))
        return well_behaved.latencies(connection, seconds)


def administrate(broker, quotas):
    with wire.connect(broker.port) as connection:
        wire.ask(connection, wire.create_topics(
            [("own", 1, {"retention.bytes": 1 << 20, "segment.bytes": 1 << 20}),
             ("load", 1, {"retention.bytes": 256 << 20, "segment.bytes": 64 << 20})]
            + [(f"topic-{number}", PARTITIONS, {}) for number in range(TOPICS)]))
        if quotas:
            answer = wire.ask(connection, wire.quotas(QUOTAS))
            assert len(answer) > 10, answer


def beside(broker, seconds, kinds):
    others = subprocess.Popen(
        [sys.executable, os.path.join(HERE, "aggressors.py"), str(broker.port),
         ",".join(kinds)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        others.stdout.readline()
        # Until they have used up what a quota allows at once.
        time.sleep(12)
        cpu = broker.cpu_s()
        measured = latencies(broker.port, seconds)
        cpu = (broker.cpu_s() - cpu) / seconds
    finally:
        others.stdin.close()
        report = others.stdout.read()
        others.wait(60)
    return measured, cpu, report


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--data", default=None)
    parser.add_argument("--only", nargs="*", default=["without", "with"])
    parser.add_argument("--kinds", nargs="*", default=["load", "connects", "metadata", "bombs"])
    parser.add_argument("--set", action="append", default=[], help="a setting of the broker")
    parser.add_argument("weir", nargs="?", default=os.path.join(ROOT, "build/weir"))
    options = parser.parse_args()
    for name in options.only:
        broker = Broker(options.weir, options.data, *options.set)
        administrate(broker, quotas=name == "with")
        alone = latencies(broker.port, options.seconds)
        well_behaved.show("alone", alone)
        measured, cpu, report = beside(broker, options.seconds, options.kinds)
        well_behaved.show(f"{name} quotas", measured, alone)
        print(f"  the broker used {cpu:.2f} cores; the others, of each kind done and refused:")
        for line in report.splitlines():
            print(f"    {line}")
        print(f"  broker {broker.rss_mib():.0f} MiB", flush=True)
        broker.process.kill()
        broker.process.wait()


if __name__ == "__main__":
    main()
