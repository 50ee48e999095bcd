"""Members that come, leave and are killed, each a process of its own."""

import atexit
import collections
import os
import random
import signal
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "Tests/weirTests/Clients"))


def until_told():
    """A list that is empty until the process is told to leave."""
    is_over = []
    signal.signal(signal.SIGTERM, lambda *_: is_over.append(True))
    return is_over


class Crowd:
    """`command` gives what the member of a number runs."""

    # Between two events: some members are to be there long enough to have something.
    PAUSE_S = 0.1

    def __init__(self, most, command):
        self.most, self.command = most, command
        self.members, self.leaving = {}, []
        self.next_s = 0
        self.counts = collections.Counter()
        atexit.register(self.kill)

    def kill(self):
        """No member outlives the script."""
        for process in [*self.members.values(), *self.leaving]:
            process.kill()

    def start_member(self):
        number = self.counts["started"]
        self.counts["started"] += 1
        self.members[number] = subprocess.Popen(self.command(number))

    def fill(self):
        while len(self.members) < self.most:
            self.start_member()

    def blow(self):
        """Something happens to a member, unless something just has."""
        if time.monotonic() < self.next_s:
            return
        self.next_s = time.monotonic() + self.PAUSE_S
        self.leaving = [process for process in self.leaving if process.poll() is None]
        dice = random.random()
        if dice < 0.25 and len(self.members) > self.most // 2:
            process = self.members.pop(random.choice(list(self.members)))
            process.kill()
            process.wait()
            self.counts["killed"] += 1
        elif dice < 0.5 and len(self.members) > self.most // 2:
            process = self.members.pop(random.choice(list(self.members)))
            process.terminate()
            self.leaving.append(process)
            self.counts["left"] += 1
        elif len(self.members) < self.most:
            self.start_member()

    def leave(self):
        """All go, and are waited for."""
        for process in self.members.values():
            process.terminate()
        for process in [*self.members.values(), *self.leaving]:
            process.wait(90)

    def __str__(self):
        return ", ".join(f"{self.counts[what]} {what}" for what in ("started", "killed", "left"))


def whole_lines(folder):
    """The lines that all members wrote, without the last one of a member that was killed as it wrote it."""
    for name in os.listdir(folder):
        if name.startswith("seen-"):
            with open(os.path.join(folder, name), encoding="ascii") as file:
                for line in file:
                    if line.endswith("\n"):
                        yield line[:-1]
