#!/usr/bin/env python3
"""What an administrator notices, on a listener of his own, while the others are full.

    Scripts/aggressive-clients/administrator.py [--seconds 30] [--data DIR] [WEIR]

A hundred clients take whatever they get from a broker that lets 90 connect; see measure.py. Meanwhile an administrator asks for
the metadata of all topics or makes one, every 100 ms on one connection, and connects anew each time; and so does one more
client at the others' listener. Prints how long the answers took, and what was closed or refused. Ends with 1 where the
administrator was not served. Needs a Python with kafka-python. WEIR is by default build/weir.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

import wire

HERE = os.path.dirname(os.path.abspath(__file__))
SETTINGS = [
    "listeners=OTHERS://127.0.0.1:0,ADMIN://127.0.0.1:0",
    "listener.security.protocol.map=OTHERS:PLAINTEXT,ADMIN:PLAINTEXT", "weir.admin.listener.name=ADMIN",
    "max.connections=90",
]
TOPICS = [("own", 1, {}), ("load", 1, {"retention.bytes": 256 << 20, "segment.bytes": 64 << 20})]
TOPICS += [(f"topic-{number}", 5, {}) for number in range(200)]


class Kind:
    """What came of one kind of requests."""

    def __init__(self, name):
        self.name = name
        self.seconds = []
        self.failures = []

    def ask(self, request, connection):
        began = time.monotonic()
        try:
            wire.ask(connection(), request)
            self.seconds.append(time.monotonic() - began)
            return True
        except OSError as error:
            self.failures.append(str(error))
            return False

    def tell(self):
        text = "none answered"
        if self.seconds:
            text = (f"{len(self.seconds)} answered, median {statistics.median(self.seconds) * 1e3:.1f} ms, "
                    f"longest {max(self.seconds) * 1e3:.1f} ms")
        print(f"{self.name}: {text}; {len(self.failures)} closed or refused {sorted(set(self.failures))}", flush=True)


def start(weir, folder):
    process = subprocess.Popen(
        [weir, "serve", "--data-dir", folder, *[f"--set={setting}" for setting in SETTINGS]],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    ports = {}
    while len(ports) < 2:
        name, port = re.match(r"(\w+) listening on 127\.0\.0\.1:(\d+)", process.stdout.readline()).groups()
        ports[name] = int(port)
    return process, ports


def administrate(ports, seconds):
    kinds = old, new, other = [
        Kind("administrator's connection"), Kind("administrator's new connections"), Kind("one more at the others' listener")]
    connection = wire.connect(ports["ADMIN"])
    end = time.monotonic() + seconds
    count = 0
    while time.monotonic() < end:
        count += 1
        request = wire.metadata("administrator") if count % 3 else wire.create_topics([(f"made-{count}", 1, {})])
        if not old.ask(request, lambda: connection):
            connection = wire.connect(ports["ADMIN"])
        for kind, name in ((new, "ADMIN"), (other, "OTHERS")):
            made = []
            kind.ask(wire.versions("one more"), lambda: made.append(wire.connect(ports[name])) or made[0])
            for each in made:
                each.close()
        time.sleep(0.1)
    return kinds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--data", default=None)
    parser.add_argument("weir", nargs="?", default=os.path.join(HERE, "../../build/weir"))
    options = parser.parse_args()
    process, ports = start(options.weir, tempfile.mkdtemp(dir=options.data))
    try:
        with wire.connect(ports["ADMIN"]) as connection:
            wire.ask(connection, wire.create_topics(TOPICS))
        others = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "aggressors.py"), str(ports["OTHERS"]), "load,connects,metadata,bombs"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            others.stdout.readline()
            time.sleep(3)
            kinds = administrate(ports, options.seconds)
        finally:
            others.stdin.close()
            others.stdout.read()
            others.wait(60)
    finally:
        process.kill()
        process.wait()
    for kind in kinds:
        kind.tell()
    sys.exit(1 if any(kind.failures for kind in kinds[:2]) else 0)


if __name__ == "__main__":
    main()
