"""Logins that fail, so many a second, each on a connection of its own, in one process with one thread.

    storm.py PORT RATE KEY_ID

Reads commands from the standard input, one a line: `go` begins, `stop` ends and prints how many logins failed, how many
connections came to nothing, and how many were open at most. In turn a login by PLAIN with a wrong password, one by
SCRAM-SHA-512 whose proof is made up, and one by OAUTHBEARER whose token names the issuer's key and has a signature that
is not its.
"""

import base64
import os
import selectors
import socket
import struct
import sys
import time

def frame(key, version, body):
    head = struct.pack(">hhih", key, version, 1, 1) + b"s"
    return struct.pack(">i", len(head) + len(body)) + head + body


def handshake(mechanism):
    return frame(17, 1, struct.pack(">h", len(mechanism)) + mechanism)


def authenticate(token):
    return frame(36, 0, struct.pack(">i", len(token)) + token)


def unpadded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def forged(key_id):
    now = int(time.time())
    header = unpadded(b'{"alg":"RS256","kid":"%s"}' % key_id.encode())
    claims = unpadded(b'{"sub":"mallory","iat":%d,"exp":%d}' % (now, now + 3600))
    return b"n,,\1auth=Bearer " + header + b"." + claims + b"." + unpadded(b"\1" * 256) + b"\1\1"


class Login:
    """What is sent when, and when it has failed: with the last answer the broker ends the connection."""

    def __init__(self, kind, tokens, port):
        self.kind = kind
        self.tokens = tokens
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.connect_ex(("127.0.0.1", port))
        self.answer = b""
        self.begun = time.monotonic()

    def ready(self, is_connected):
        """Whether the login goes on."""
        if not is_connected:
            # Both at once, as the broker takes them one after the other.
            self.socket.send(self.tokens[0])
            return True
        data = self.socket.recv(4096)
        self.answer += data
        if self.kind == "scram" and len(self.tokens) > 1 and b"r=" in self.answer and b",i=" in self.answer:
            nonce = self.answer.split(b"r=")[1].split(b",")[0]
            proof = base64.b64encode(os.urandom(64))
            self.socket.send(authenticate(b"c=biws,r=" + nonce + b",p=" + proof))
            self.tokens = self.tokens[:1]
        # The second answer to OAUTHBEARER says why; the third one is the end.
        if self.kind == "oauth" and len(self.tokens) > 1 and b"invalid_token" in self.answer:
            self.socket.send(authenticate(b"\1"))
            self.tokens = self.tokens[:1]
        return bool(data)


def main():
    os.nice(19)
    port, rate, key_id = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    kinds = [
        ("plain", [handshake(b"PLAIN") + authenticate(b"\0alice\0wrong")]),
        ("scram", [handshake(b"SCRAM-SHA-512") + authenticate(b"n,,n=alice,r=x"), b""]),
        ("oauth", [handshake(b"OAUTHBEARER") + authenticate(forged(key_id)), b""]),
    ]
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin, selectors.EVENT_READ, None)
    print("ready", flush=True)
    is_on, begun, sent, failed, lost, most = False, 0, 0, 0, 0, 0
    while True:
        now = time.monotonic()
        if is_on:
            due = int((now - begun) * rate)
            # What could not be sent in time is not caught up with all at once.
            for _ in range(min(due - sent, 100)):
                kind, tokens = kinds[sent % len(kinds)]
                login = Login(kind, tokens, port)
                selector.register(login.socket, selectors.EVENT_WRITE, login)
                sent += 1
        most = max(most, len(selector.get_map()) - 1)
        for key, events in selector.select(0.001 if is_on else 0.1):
            login = key.data
            if login is None:
                command = sys.stdin.readline().strip()
                if command == "go":
                    is_on, begun, sent, failed, lost, most = True, time.monotonic(), 0, 0, 0, 0
                elif command == "stop":
                    is_on = False
                    print(failed, lost, most, f"{time.monotonic() - begun:.3f}", flush=True)
                else:
                    return
                continue
            try:
                is_new = bool(events & selectors.EVENT_WRITE)
                goes_on = login.ready(not is_new)
                if is_new:
                    selector.modify(login.socket, selectors.EVENT_READ, login)
            except OSError:
                goes_on = False
                lost += 1
            if not goes_on:
                failed += b"\0\x3a" in login.answer
                selector.unregister(login.socket)
                login.socket.close()


if __name__ == "__main__":
    main()
