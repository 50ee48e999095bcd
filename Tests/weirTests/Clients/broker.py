"""A broker as its operator runs it: `weir serve`, started, stopped and killed."""

import os
import signal
import socket
import subprocess
import time

# Far beyond what anything here takes: a shared machine may be slow, a hang is a hang.
DEADLINE_S = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Broker:
    """Belongs to one case; the port stays the same over restarts, as clients expect."""

    def __init__(self, weir, directory, settings=(), advertised_port=None, file=()):
        self.weir = weir
        self.directory = directory
        self.port = free_port()
        self.settings = [f"--set={setting}" for setting in settings]
        if file:
            config = os.path.join(directory, "server.properties")
            with open(config, "w", encoding="utf-8") as properties:
                properties.writelines(line + "\n" for line in file)
            self.settings += ["--config", config]
        if advertised_port:
            self.settings += ["--advertise", f"127.0.0.1:{advertised_port}"]
        self.address = f"127.0.0.1:{advertised_port or self.port}"
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()

    def start(self):
        """Returns once the broker accepts connections."""
        errors = open(os.path.join(self.directory, "broker.err"), "ab")
        self.process = subprocess.Popen(
            [
                self.weir, "serve",
                "--data-dir", os.path.join(self.directory, "data"),
                "--listen", f"127.0.0.1:{self.port}", *self.settings,
            ],
            stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
        )
        errors.close()
        wait_until("the broker listens", self._listens)

    def _listens(self):
        assert self.process.poll() is None, f"the broker ended: {self.errors()}"
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        except OSError:
            return False

    def kill(self):
        """As a crash would end it."""
        self.process.kill()
        self.process.wait(DEADLINE_S)

    def stop(self):
        """As its operator would; returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE_S)

    def errors(self):
        with open(os.path.join(self.directory, "broker.err"), encoding="utf-8") as file:
            return file.read()[-4000:]


def wait_until(what, condition, deadline_s=DEADLINE_S):
    """Waits for a condition, which must come true."""
    end = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.005)
