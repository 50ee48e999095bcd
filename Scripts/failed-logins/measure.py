#!/usr/bin/env python3
"""What one well-behaved client notices of a thousand failed logins a second.

    Scripts/failed-logins/measure.py [--rate 1000] [--turns 10] [--seconds 3] [--data DIR] [WEIR]

The well-behaved client has logged in by SCRAM-SHA-512, produces a record of 1 kB every 10 ms and reads it back, on one
connection, and measures both: alone and beside the logins, in turns, so that what changes on the machine changes both.
The logins are by PLAIN, SCRAM-SHA-512 and OAUTHBEARER in turn, from a process with the lowest priority. Prints the
percentiles and their ratio, how many logins failed, and what the broker used and logged.

Needs a Python with kafka-python, and openssl. WEIR is by default build/weir. By hand, on a quiet machine.
"""

import argparse
import base64
import hashlib
import hmac
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(ROOT, "Scripts", name) for name in ("broker-peers", "aggressive-clients")]

import storm  # noqa: E402
import well_behaved  # noqa: E402
import wire  # noqa: E402

USER, PASSWORD = "alice", "right"
MODULE = "org.apache.kafka.common.security"


def issuer_keys(folder):
    """The public key of an issuer, as JSON in a file."""
    key = os.path.join(folder, "key.pem")
    subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
    text = subprocess.run(
        ["openssl", "rsa", "-in", key, "-noout", "-modulus"], check=True, capture_output=True,
        text=True).stdout
    modulus = bytes.fromhex(text.split("=")[1].strip())
    path = os.path.join(folder, "keys.json")
    with open(path, "w", encoding="ascii") as file:
        json.dump({"keys": [{
            "kty": "RSA", "kid": "k1", "use": "sig", "n": storm.unpadded(modulus).decode(), "e": "AQAB"}]}, file)
    return path


class Broker:
    def __init__(self, weir, folder):
        self.folder = folder
        keys = issuer_keys(folder)
        config = os.path.join(folder, "server.properties")
        with open(config, "w", encoding="utf-8") as file:
            file.write(
                "listeners=L://127.0.0.1:0\nlistener.security.protocol.map=L:SASL_PLAINTEXT\n"
                "sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512,OAUTHBEARER\n"
                f"listener.name.l.plain.sasl.jaas.config={MODULE}.plain.PlainLoginModule required "
                f"user_{USER}=\"{PASSWORD}\";\n"
                f"sasl.oauthbearer.jwks.endpoint.url=file://{keys}\n"
                f"org.apache.kafka.sasl.oauthbearer.allowed.urls=file://{keys}\n")
        data = os.path.join(folder, "data")
        os.mkdir(data)
        subprocess.run(
            [weir, "users", "add", USER, "--data-dir", data], input=PASSWORD + "\n", text=True,
            check=True, stdout=subprocess.DEVNULL)
        self.log = open(os.path.join(folder, "log"), "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [weir, "serve", "--data-dir", data, "--config", config], stdout=subprocess.PIPE,
            stderr=self.log, text=True)
        self.port = int(self.process.stdout.readline().split("listening on 127.0.0.1:")[1].split(",")[0])

    def cpu_s(self):
        tasks = f"/proc/{self.process.pid}/task"
        total = 0
        for task in os.listdir(tasks):
            with open(f"{tasks}/{task}/schedstat", encoding="ascii") as file:
                total += int(file.read().split()[0])
        return total / 1e9

    def rss_mib(self):
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)

    def lines(self):
        self.log.seek(0)
        return self.log.read().splitlines()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


def log_in(connection):
    """By SCRAM-SHA-512 (RFC 5802)."""
    wire.ask(connection, storm.handshake(b"SCRAM-SHA-512"))
    first = f"n={USER},r={os.urandom(8).hex()}"
    challenge = wire.ask(connection, storm.authenticate(f"n,,{first}".encode()))
    challenge = challenge[challenge.index(b"r="):].decode()
    nonce, salt, count = re.match(r"r=(.*?),s=(.*?),i=(\d+)", challenge).groups()
    salted = hashlib.pbkdf2_hmac("sha512", PASSWORD.encode(), base64.b64decode(salt), int(count))
    key = hmac.digest(salted, b"Client Key", "sha512")
    final = f"c=biws,r={nonce}"
    signature = hmac.digest(
        hashlib.sha512(key).digest(), f"{first},{challenge},{final}".encode(), "sha512")
    proof = base64.b64encode(bytes(a ^ b for a, b in zip(key, signature))).decode()
    answer = wire.ask(connection, storm.authenticate(f"{final},p={proof}".encode()))
    assert answer[4:6] == b"\0\0", answer


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--turns", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--data", default=None)
    parser.add_argument("weir", nargs="?", default=os.path.join(ROOT, "build/weir"))
    options = parser.parse_args()
    folder = tempfile.mkdtemp(dir=options.data)
    broker = Broker(options.weir, folder)
    others = subprocess.Popen(
        [sys.executable, os.path.join(HERE, "storm.py"), str(broker.port), str(options.rate), "k1"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def tell(command):
        others.stdin.write(command + "\n")
        others.stdin.flush()

    try:
        others.stdout.readline()
        with wire.connect(broker.port) as connection:
            log_in(connection)
            wire.ask(connection, wire.create_topics([("own", 1, {})]))
            measure(options, broker, connection, tell, others)
    finally:
        others.stdin.close()
        others.wait(60)
        broker.stop()
    print_log(broker)
    shutil.rmtree(folder)


def measure(options, broker, connection, tell, others):
    alone, beside = ([], []), ([], [])
    failed, lost, most, seconds, cpu = 0, 0, 0, 0, [0, 0]
    well_behaved.latencies(connection, 1)
    for _ in range(options.turns):
        for is_beside, all_times in enumerate((alone, beside)):
            if is_beside:
                tell("go")
            before = broker.cpu_s()
            for times, new in zip(all_times, well_behaved.latencies(connection, options.seconds)):
                times += new
            cpu[is_beside] += broker.cpu_s() - before
            if is_beside:
                tell("stop")
                counts = others.stdout.readline().split()
                failed += int(counts[0])
                lost += int(counts[1])
                most = max(most, int(counts[2]))
                seconds += float(counts[3])
    well_behaved.show("alone", alone)
    well_behaved.show("beside", beside, alone)
    time = options.turns * options.seconds
    print(f"{failed / seconds:.0f} logins failed a second, {lost} came to nothing, {most} connections were "
          f"open at most; the broker used {cpu[0] / time:.2f} cores alone and {cpu[1] / time:.2f} beside, and "
          f"has {broker.rss_mib():.0f} MiB")


def print_log(broker):
    lines = broker.lines()
    print(f"the broker logged {len(lines)} lines, {sum(map(len, lines))} bytes; of failed logins:")
    told = [line for line in lines if "a login failed" in line or "failed logins" in line]
    for line in told[:3] + told[-1:]:
        print(f"    {line}")


if __name__ == "__main__":
    main()
