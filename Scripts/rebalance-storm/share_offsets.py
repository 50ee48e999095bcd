"""DescribeShareGroupOffsets, version 1, which confluent-kafka's administrator does not have yet."""

import io
import socket
import struct

API, VERSION = 90, 1
NO_TAGS = b"\0"


def compact(text):
    return varint(len(text) + 1) + text.encode()


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


class Answer(io.BytesIO):
    def number(self, form):
        [value] = struct.unpack(">" + form, self.read(struct.calcsize(form)))
        return value

    def varint(self):
        value = shift = 0
        while True:
            byte = self.number("B")
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def text(self):
        length = self.varint()
        return self.read(length - 1).decode() if length else None

    def tags(self):
        for _ in range(self.varint()):
            self.varint()
            self.read(self.varint())


def lags(port, group, topic, partitions):
    """How many records of each partition are not settled for the group."""
    numbers = b"".join(struct.pack(">i", partition) for partition in partitions)
    body = (
        varint(2) + compact(group) + varint(2) + compact(topic) + varint(len(partitions) + 1) + numbers
        + NO_TAGS * 3
    )
    frame = struct.pack(">hhih", API, VERSION, 1, -1) + NO_TAGS + body
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection, connection.makefile("rb") as stream:
        connection.sendall(struct.pack(">i", len(frame)) + frame)
        [length] = struct.unpack(">i", stream.read(4))
        answer = Answer(stream.read(length))
    answer.number("i")
    answer.tags()
    answer.number("i")
    found = {}
    for _ in range(answer.varint() - 1):
        answer.text()
        for _ in range(answer.varint() - 1):
            answer.text()
            answer.read(16)
            for _ in range(answer.varint() - 1):
                partition, _, _, lag = (answer.number(form) for form in "iqiq")
                code, message = answer.number("h"), answer.text()
                assert code == 0, f"partition {partition}: {code} {message}"
                answer.tags()
                found[partition] = lag
            answer.tags()
        code, message = answer.number("h"), answer.text()
        assert code == 0, f"{code} {message}"
        answer.tags()
    return found
