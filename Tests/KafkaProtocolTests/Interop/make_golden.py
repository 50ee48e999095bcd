"""Makes the golden frames that clients and brokers exchange: every driver against every peer,
through the recording proxy, with the offered versions capped at each of CAPS.

    make_golden.py GOLDEN_FOLDER [--old-python PYTHON]

The old Python is one with confluent-kafka 2.0.2, whose librdkafka is the version that Debian has;
with it and kcat installed, the folder `librdkafka` is made too. Takes about five minutes.
"""

import argparse
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from apis import ENCODED
from golden_folder import GoldenFolder
from recording_proxy import RecordingProxy

HERE = Path(__file__).parent
CAPS = (None, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12)
DRIVER_SECONDS = 75
SESSIONS_AT_ONCE = 8  # They mostly wait.
FRAMES_OF_A_KIND = 2
LARGEST_FRAME = 1500  # bytes
FIND_LIBRARY = (
    "import glob, os, confluent_kafka as c;"
    "print(glob.glob(os.path.dirname(c.__file__) + '.libs/librdkafka*')[0])"
)


@dataclass(frozen=True)
class Session:
    """One run of a driver. Responses are kept where the peer is the client's own mock cluster."""

    folder: str
    driver: str
    python: str
    peer: tuple[str, ...]
    cap: int | None = None
    mode: str = "plain"
    keeps_responses: bool = False


@contextmanager
def peer_process(arguments):
    """Starts a peer, yields its port, and ends it by closing its standard input."""
    command = (sys.executable, *arguments)
    process = subprocess.Popen(
        command,
        cwd=HERE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(10)


def exchanges(session):
    """Everything that a driver and its peer said to each other."""
    with peer_process(session.peer) as port:
        proxy = RecordingProxy(port, session.cap)
        command = [session.python, session.driver, f"127.0.0.1:{proxy.port}", session.mode]
        try:
            done = subprocess.run(
                command, cwd=HERE, timeout=DRIVER_SECONDS, capture_output=True, text=True
            )
            complaints = done.stderr
        except subprocess.TimeoutExpired:
            complaints = f"  ended after {DRIVER_SECONDS} s\n"
        proxy.close()
    title = f"{session.folder}: {session.driver} with {session.peer[0]}, cap {session.cap}"
    print(f"{title}: {len(proxy.exchanges)} exchanges\n{complaints}", end="", flush=True)
    return proxy.exchanges


def sessions(old_python):
    python = sys.executable
    clients = [
        ("confluent-kafka", "drive_confluent.py", python, python),
        ("kafka-python", "drive_kafka_python.py", python, None),
        ("aiokafka", "drive_aiokafka.py", python, None),
    ]
    if old_python:
        clients.append(("librdkafka", "drive_confluent.py", old_python, old_python))
        clients.append(("librdkafka", "drive_kcat.py", python, old_python))
    for folder, driver, driver_python, mock_python in clients:
        if mock_python:
            library = subprocess.check_output((mock_python, "-c", FIND_LIBRARY), text=True).strip()
            for cap in (None, 0, 1, 2, 3, 5, 7):
                peer = ("mock_cluster.py", library)
                yield Session(folder, driver, driver_python, peer, cap, keeps_responses=True)
        scripted = ("scripted_broker.py",)
        for cap in CAPS:
            yield Session(folder, driver, driver_python, scripted, cap)
        yield Session(folder, driver, driver_python, scripted, None, "sasl")


def chosen(frames):
    """Of the frames of a kind the first and the largest, in that order, no two alike."""
    small = [frame for frame in frames if len(frame) <= LARGEST_FRAME]
    # Without key, version and correlation id: those differ between frames that are otherwise equal.
    different = list({frame[8:]: frame for frame in reversed(small)}.values())[::-1]
    kept = different[:1] + sorted(different[1:], key=len, reverse=True)
    return kept[:FRAMES_OF_A_KIND]


def kinds(recorded):
    """The frames by folder, API key, version and direction."""
    result = {}
    for session, exchanged in recorded:
        for exchange in exchanged:
            if exchange.key not in ENCODED and session.cap is not None:
                continue
            kind = (session.folder, exchange.key, exchange.version)
            result.setdefault((*kind, "request"), []).append(exchange.request)
            if session.keeps_responses and exchange.response is not None:
                result.setdefault((*kind, "response"), []).append(exchange.response)
    return dict(sorted(result.items()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--old-python", help="a Python with confluent-kafka 2.0.2")
    options = parser.parse_args()
    planned = list(sessions(options.old_python))
    with ThreadPoolExecutor(SESSIONS_AT_ONCE) as pool:
        recorded = list(zip(planned, pool.map(exchanges, planned)))
    folders = {}
    for (name, key, version, direction), frames in kinds(recorded).items():
        if name not in folders:
            folders[name] = GoldenFolder(options.folder / name)
        for frame in chosen(frames):
            folders[name].add(frame, key, version, direction)
    for folder in folders.values():
        print(folder.summary())
