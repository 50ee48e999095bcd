"""A TCP proxy between Kafka clients and one broker that records every request with its response.

The broker's own address in responses is replaced by the proxy's on the way to the client, so that
the client stays with the proxy, and the versions that the broker offers can be capped, so that a
new client speaks old versions. What is recorded is what was sent, before either change.

    recording_proxy.py UPSTREAM_PORT FOLDER [--listen PORT] [--cap VERSION]
"""

import argparse
import socket
import threading
from dataclasses import dataclass
from pathlib import Path

from kafka.protocol.metadata import ApiVersionsResponse

from apis import name_of

HOST = "127.0.0.1"
API_VERSIONS = 18


@dataclass
class Exchange:
    """A request and, unless it asked for none, its response: frames without their length."""

    key: int
    version: int
    request: bytes
    response: bytes | None = None


class RecordingProxy:
    """Listens from its creation until `close`; `exchanges` grows in the order of requests."""

    def __init__(self, upstream_port, cap=None, listen_port=0):
        self.exchanges = []
        self._upstream_port = upstream_port
        self._cap = cap
        self._listener = socket.create_server((HOST, listen_port))
        self.port = self._listener.getsockname()[1]
        self._sockets = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        for each in (self._listener, *self._sockets):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # It was closed by its other side.
            each.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
                broker = socket.create_connection((HOST, self._upstream_port))
            except OSError:
                return
            self._sockets += (client, broker)
            pending = {}
            for relay, source, sink in (
                (self._take_request, client, broker),
                (self._take_response, broker, client),
            ):
                arguments = (relay, source, sink, pending)
                threading.Thread(target=self._relay, args=arguments, daemon=True).start()

    def _relay(self, take, source, sink, pending):
        try:
            while (frame := read_frame(source)) is not None:
                frame = take(frame, pending)
                sink.sendall(len(frame).to_bytes(4) + frame)
        except OSError:
            pass  # One of the two went away; so does the other.
        for each in (source, sink):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _take_request(self, frame, pending):
        key, version = int.from_bytes(frame[:2]), int.from_bytes(frame[2:4])
        exchange = Exchange(key, version, frame)
        pending[frame[4:8]] = exchange
        self.exchanges.append(exchange)
        return frame

    def _take_response(self, frame, pending):
        exchange = pending.pop(frame[:4])
        exchange.response = frame
        if exchange.key == API_VERSIONS and self._cap is not None:
            frame = self._capped(frame, exchange.version)
        return frame.replace(self._address(self._upstream_port), self._address(self.port))

    @staticmethod
    def _address(port):
        """A host and a port as they stand together in every response that has them."""
        return HOST.encode() + port.to_bytes(4)

    def _capped(self, frame, version):
        if int.from_bytes(frame[4:6]):
            return frame
        response = ApiVersionsResponse.decode(frame, version=version, header=True)
        for api in response.api_keys:
            if api.api_key != API_VERSIONS:
                api.max_version = max(api.min_version, min(api.max_version, self._cap))
        return response.encode(header=True)


def read_frame(source):
    """The next frame without its length, or None at the end of the stream."""
    length = _read(source, 4)
    return None if length is None else _read(source, int.from_bytes(length))


def _read(source, count):
    data = b""
    while len(data) < count:
        part = source.recv(count - len(data))
        if not part:
            return None
        data += part
    return data


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("upstream_port", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--listen", type=int, default=0)
    parser.add_argument("--cap", type=int)
    options = parser.parse_args()
    proxy = RecordingProxy(options.upstream_port, options.cap, options.listen)
    print(
        f"recording what passes {HOST}:{proxy.port}; end with the end of standard input", flush=True
    )
    try:
        while input():
            pass
    except EOFError:
        pass
    proxy.close()
    options.folder.mkdir(parents=True, exist_ok=True)
    for number, exchange in enumerate(proxy.exchanges):
        stem = f"{number:05}-{name_of(exchange.key)}-v{exchange.version}"
        (options.folder / f"{stem}-request.bin").write_bytes(exchange.request)
        if exchange.response is not None:
            (options.folder / f"{stem}-response.bin").write_bytes(exchange.response)
