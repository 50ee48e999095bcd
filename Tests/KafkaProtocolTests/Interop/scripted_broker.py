"""A broker that answers every request of a client well enough that the client sends its next one.

It is one node without a log: scripted_answers.py has the answers. Requests and responses are
decoded and encoded by kafka-python. It runs until the end of standard input, and prints its port.
"""

import socketserver
import sys
import threading

from apis import ENCODED, message_class, name_of
from recording_proxy import HOST, read_frame
from scripted_answers import Answers

API_VERSIONS, SASL_HANDSHAKE, PRODUCE = 18, 17, 0
UNSUPPORTED_VERSION = 35

# Calls that a broker of this kind need not serve, offered so that clients send them.
ALSO_OFFERED = {43: 2, 65: 0, 66: 0}
# Advertised lower than it is served: without it librdkafka 2.0 does not compress.
FIRST_OFFERED = {PRODUCE: 0}


def offered():
    """The versions offered, by API key."""
    ranges = {
        key: (FIRST_OFFERED.get(key, first), last) for key, (_, first, last) in ENCODED.items()
    }
    return ranges | {key: (0, last) for key, last in ALSO_OFFERED.items()}


def filled(structure, version, values):
    """A structure of kafka-python from a dictionary; what is not in it has its default."""
    fields = {}
    for field in structure._fields:
        if not field.for_version_q(version) or field.name not in values:
            continue
        value = values[field.name]
        if value is not None and field.is_struct():
            value = filled(field, version, value)
        elif value is not None and field.is_struct_array():
            value = [filled(field.array_of, version, each) for each in value]
        fields[field.name] = value
    return structure.data_class(version=version, **fields)


class Connection(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            while (frame := read_frame(self.request)) is not None:
                if (response := self.answer(frame)) is not None:
                    self.request.sendall(len(response).to_bytes(4) + response)
        except ConnectionError:
            pass  # The client went away.

    def answer(self, frame):
        key, version = int.from_bytes(frame[:2]), int.from_bytes(frame[2:4])
        correlation_id = int.from_bytes(frame[4:8])
        if key == API_VERSIONS and version > ENCODED[key][2]:
            error = {"error_code": UNSUPPORTED_VERSION, "api_keys": self.server.answers.api_keys()}
            return encoded(key, 0, correlation_id, error)
        request = message_class(key, "request").decode(frame, version=version, header=True)
        if key == PRODUCE and request.acks == 0:
            return None
        values = self.server.answers.of(name_of(key), request, version)
        return encoded(key, version, correlation_id, values)


def encoded(key, version, correlation_id, values):
    message = message_class(key, "response")
    built = filled(message._struct, version, values)
    built.with_header(correlation_id=correlation_id)
    return bytes(built.encode(header=True))


class Broker(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    broker = Broker((HOST, 0), Connection)
    broker.answers = Answers(HOST, broker.server_address[1], offered())
    threading.Thread(target=broker.serve_forever, daemon=True).start()
    print(broker.server_address[1], flush=True)
    sys.stdin.read()
