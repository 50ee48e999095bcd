"""`weir serve` for a measurement, and what the measurements print."""

import atexit
import json
import os
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time


class Broker:
    def __init__(self, weir, folder, *settings):
        self.folder = tempfile.mkdtemp(dir=folder)
        start = time.monotonic()
        self.process = subprocess.Popen(
            [weir, "serve", "--data-dir", self.folder, "--listen", "127.0.0.1:0",
             *[f"--set={setting}" for setting in settings]],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        # Also after a failure.
        atexit.register(self.process.kill)
        # The broker chooses the port: one that was free a moment ago may be another program's by now, which would
        # answer in its place.
        line = self.process.stdout.readline()
        self.port = int(re.search(r"listening on 127\.0\.0\.1:(\d+)", line).group(1))
        self.address = f"127.0.0.1:{self.port}"
        self.first_answer_s = self._ask(start)

    def _ask(self, start):
        """ApiVersions 0, until it is answered."""
        request = bytes.fromhex("0000000a 0012 0000 00000001 ffff")
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port)) as peer:
                    peer.sendall(request)
                    assert peer.recv(8)
                    return time.monotonic() - start
            except OSError:
                assert self.process.poll() is None, "weir serve ended"
                time.sleep(0.001)

    def cpu_s(self):
        """By the scheduler, in nanoseconds; the ticks of `stat` are too coarse for a fraction of a second."""
        tasks = f"/proc/{self.process.pid}/task"
        total = 0
        for task in os.listdir(tasks):
            with open(f"{tasks}/{task}/schedstat", encoding="ascii") as file:
                total += int(file.read().split()[0])
        return total / 1e9

    def written_bytes(self):
        with open(f"/proc/{self.process.pid}/io", encoding="ascii") as file:
            return int(re.search(r"^wchar: (\d+)", file.read(), re.MULTILINE).group(1))

    def rss_mib(self):
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        shutil.rmtree(self.folder)


def number(pattern, text):
    found = re.search(pattern, text)
    assert found, text
    return float(found.group(1))


def medians(title, rows):
    print(f"{title}: " + ", ".join(
        f"{name} {statistics.median(values):.3g} ({min(values):.3g}–{max(values):.3g})"
        for name, values in rows.items()), flush=True)


def write_orders(path, size, count):
    """Values of `size` bytes that compress as such data does: JSON with names, numbers and ids of their own."""
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(4, 11)))
             for _ in range(2000)]
    with open(path, "wb") as file:
        for number in range(count):
            order = {"order_id": f"{chance.getrandbits(128):032x}", "number": number,
                     "customer": " ".join(chance.choices(words, k=2)),
                     "placed_at": 1_700_000_000_000 + number * 37 + chance.randrange(37), "items": []}
            text = json.dumps(order)
            while len(text) < size:
                order["items"].append(
                    {"sku": f"SKU-{chance.randrange(100_000):05}", "name": chance.choice(words),
                     "quantity": chance.randint(1, 9), "price": chance.randrange(100, 100_000) / 100})
                text = json.dumps(order)
            file.write(text.encode()[:size])
