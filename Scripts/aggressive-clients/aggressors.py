"""A hundred clients of four kinds that take whatever they get, in one process with one thread.

    aggressors.py PORT KINDS

Each has a client id of its own, and an address of its own, 127.0.1.1 and so on. Only those of KINDS, with commas between,
do anything. They end with the standard input, and then print what each kind did.
"""

import os
import selectors
import socket
import struct
import sys

import wire

CLIENTS = 100
KINDS = ("load", "connects", "metadata", "bombs")
IN_FLIGHT = 5
VALUE = os.urandom(1 << 14)


class Client:
    """Sends one request again and again, so many at a time, and reads whatever comes."""

    def __init__(self, number, kind, request, port):
        self.kind = kind
        self.request = request
        self.port = port
        self.source = f"127.0.1.{number + 1}"
        self.done = 0
        self.refused = 0
        self.socket = None

    def begin(self, selector):
        self.selector = selector
        self.unsent = memoryview(self.request * (1 if self.kind == "connects" else IN_FLIGHT))
        self.head = bytearray()
        self.left = 0
        self.socket = socket.socket()
        self.socket.setblocking(False)
        try:
            self.socket.bind((self.source, 0))
            self.socket.connect_ex(("127.0.0.1", self.port))
        except OSError:
            self.refused += 1
        self.events = selectors.EVENT_READ | selectors.EVENT_WRITE
        selector.register(self.socket, self.events, self)

    def again(self):
        self.selector.unregister(self.socket)
        self.socket.close()
        self.begin(self.selector)

    def ready(self, events):
        try:
            if events & selectors.EVENT_WRITE:
                sent = self.socket.send(self.unsent)
                self.unsent = self.unsent[sent:]
            if events & selectors.EVENT_READ:
                data = self.socket.recv(1 << 18)
                if not data:
                    self.refused += 1
                    return self.again()
                answers = self.count(data)
                self.done += answers
                if answers and self.kind == "connects":
                    return self.again()
                if answers:
                    self.unsent = memoryview(bytes(self.unsent) + self.request * answers)
        except BlockingIOError:
            pass
        except OSError:
            self.refused += 1
            return self.again()
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self.unsent else 0)
        if events != self.events:
            self.events = events
            self.selector.modify(self.socket, events, self)

    def count(self, data):
        """How many answers end in these bytes, whose contents nobody looks at."""
        answers, position = 0, 0
        while position < len(data):
            if self.left == 0:
                need = 4 - len(self.head)
                self.head += data[position:position + need]
                position += need
                if len(self.head) < 4:
                    break
                (self.left,) = struct.unpack(">i", self.head)
                self.head.clear()
            taken = min(self.left, len(data) - position)
            self.left -= taken
            position += taken
            if self.left == 0 and not self.head:
                answers += 1
        return answers


def clients(port, kinds):
    values = wire.batch([VALUE] * 6)
    # As much as a topic's batch may become by default.
    bomb = wire.batch([bytes(31 << 20)], wire.GZIP)
    for number in range(CLIENTS):
        name = f"aggressive-{number}"
        kind, request = [
            ("load", lambda: wire.produce(name, "load", values) if number % 8 else
             wire.fetch(name, "load")),
            ("connects", lambda: wire.versions(name)),
            ("metadata", lambda: wire.metadata(name)),
            ("bombs", lambda: wire.produce(name, "load", bomb)),
        ][number % 4]
        if kind in kinds:
            yield Client(number, kind, request(), port)


def main():
    wire.be_nice()
    made = list(clients(int(sys.argv[1]), sys.argv[2].split(",")))
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin, selectors.EVENT_READ, None)
    print("ready", flush=True)
    for client in made:
        client.begin(selector)
    while True:
        for key, events in selector.select():
            if key.data is None:
                return report(made)
            key.data.ready(events)


def report(made):
    for kind in KINDS:
        of_kind = [client for client in made if client.kind == kind]
        print(f"{kind} {sum(client.done for client in of_kind)} {sum(client.refused for client in of_kind)}")


if __name__ == "__main__":
    main()
