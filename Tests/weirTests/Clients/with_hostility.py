"""Peers that mean harm, or know no better, beside a client that only wants its work done."""

import glob
import os
import random
import socket
import struct
import threading
import time

from broker import DEADLINE_S
from run_case import with_settings
from with_confluent import create, producer, read_all

SECONDS = float(os.environ.get("WEIR_TEST_HOSTILE_SECONDS", "10"))
FRAMES = os.path.join(
    os.path.dirname(__file__), "../../KafkaProtocolTests/Golden/*/*request*.bin")
# What a peaceful hour may add: caches, arenas of the allocator, a segment's index.
RSS_SLACK_BYTES = 48 << 20


def connect(broker, timeout_s=2):
    return socket.create_connection(("127.0.0.1", broker.port), timeout=timeout_s)


def random_bytes(broker, chance, _):
    with connect(broker) as peer:
        peer.sendall(chance.randbytes(chance.randrange(1, 4096)))
        peer.settimeout(0.05)
        peer.recv(4096)


def random_body_of_a_right_length(broker, chance, _):
    body = struct.pack(
        ">hhih", chance.randrange(0, 70), chance.randrange(0, 14), 1, -1) + chance.randbytes(
            chance.randrange(0, 2000))
    with connect(broker) as peer:
        peer.sendall(struct.pack(">i", len(body)) + body)
        peer.settimeout(0.05)
        peer.recv(4096)


def one_mutated_field(broker, chance, frames):
    frame = bytearray(chance.choice(frames))
    for _ in range(chance.randrange(1, 4)):
        place = chance.randrange(4, len(frame))
        kind = chance.randrange(3)
        if kind == 0:
            frame[place] ^= 1 << chance.randrange(8)
        elif kind == 1:
            count = chance.choice([0x7FFFFFFF, 0xFFFFFFFF, 0x80000000, 0x00FFFFFF])
            frame[place:place + 4] = struct.pack(">I", count)[:len(frame) - place]
        else:
            del frame[place:]
            frame[0:4] = struct.pack(">i", len(frame) - 4)
        if len(frame) <= 5:
            break
    with connect(broker) as peer:
        peer.sendall(frame)
        peer.settimeout(0.05)
        peer.recv(4096)


def an_impossible_length(broker, chance, _):
    with connect(broker) as peer:
        peer.sendall(struct.pack(">i", chance.choice([-1, 0, 3, 1 << 30, 0x7FFFFFFF])))
        peer.settimeout(0.05)
        peer.recv(1)


def a_large_frame_never_finished(broker, chance, _):
    with connect(broker) as peer:
        peer.sendall(struct.pack(">i", 90 << 20) + bytes(1000))
        time.sleep(0.05)


def a_slow_loris(broker, chance, frames):
    with connect(broker) as peer:
        for byte in chance.choice(frames)[:20]:
            peer.sendall(bytes([byte]))
            time.sleep(0.02)


def half_open(broker, chance, _):
    peer = connect(broker)
    time.sleep(chance.uniform(0, 0.5))
    # A reset instead of an end.
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


def asks_and_never_reads(broker, chance, _):
    fetch = struct.pack(">hhih", 1, 4, 7, -1) + struct.pack(
        ">iiiib", -1, 100, 1, 50 << 20, 0) + struct.pack(">i", 1) + struct.pack(
            ">h", 8) + b"peaceful" + struct.pack(">iiqi", 1, 0, 0, 50 << 20)
    with connect(broker) as peer:
        for _ in range(50):
            peer.sendall(struct.pack(">i", len(fetch)) + fetch)
        time.sleep(0.3)


ATTACKS = [
    random_bytes, random_body_of_a_right_length, one_mutated_field, one_mutated_field,
    an_impossible_length, a_large_frame_never_finished, a_slow_loris, half_open,
    asks_and_never_reads,
]


def resident_bytes(broker):
    with open(f"/proc/{broker.process.pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@with_settings("auto.create.topics.enable=false", "delete.topic.enable=false")
def others_notice_nothing(broker):
    seed = int(os.environ.get("WEIR_TEST_SEED", time.time_ns() % 1_000_000))
    print(f"seed {seed}")
    create(broker, "peaceful", retention_bytes="20000000", segment_bytes="5000000")
    frames = []
    for path in glob.glob(FRAMES):
        with open(path, "rb") as file:
            frames.append(file.read())
    assert len(frames) > 100
    done = threading.Event()
    counts = [0] * len(ATTACKS)

    def attack(number):
        chance = random.Random(seed + number)
        while not done.is_set():
            kind = chance.randrange(len(ATTACKS))
            try:
                ATTACKS[kind](broker, chance, frames)
            except OSError:
                pass
            counts[kind] += 1

    threads = [threading.Thread(target=attack, args=(number,)) for number in range(12)]
    client = producer(broker, enable_idempotence=True, linger_ms=5)
    failures, delivered, slowest = [], [0], [0.0]

    def on_delivery(error, message):
        delivered[0] += 1
        slowest[0] = max(slowest[0], message.latency() or 0)
        if error is not None:
            failures.append(error)

    for thread in threads:
        thread.start()
    start = time.monotonic()
    sent, early = 0, None
    while time.monotonic() - start < SECONDS:
        assert broker.process.poll() is None, broker.errors()
        client.produce("peaceful", value=b"%d" % sent + bytes(200), on_delivery=on_delivery)
        sent += 1
        client.poll(0.001)
        if early is None and time.monotonic() - start > SECONDS * 0.3:
            early = resident_bytes(broker)
    done.set()
    for thread in threads:
        thread.join(DEADLINE_S)
    assert client.flush(DEADLINE_S) == 0
    late = resident_bytes(broker)
    assert not failures, failures[0]
    assert delivered[0] == sent
    found = read_all(broker, "peaceful")
    assert [int(m.value().rstrip(b"\0")) for m in found] == list(range(sent - len(found), sent))
    print(f"{sent} records, slowest {slowest[0] * 1000:.0f} ms; RSS {early >> 20} MiB, then {late >> 20}")
    print({attack.__name__: count for attack, count in zip(ATTACKS, counts)})
    assert late - early < RSS_SLACK_BYTES, (early, late)
