"""Encodes requests and responses with kafka-python's codec, at every version of apis.ENCODED.

Of each there are a frame whose every field has a value of its own (arrays of two elements), one
with as little as there can be (nulls, empty arrays and strings, −1) and, at the last flexible
version, one with a tagged field that nobody knows; and an ApiVersions answer to a version that is
not served.

    encode_frames.py FOLDER
"""

import sys
from uuid import UUID

from kafka.protocol.schemas.fields.codecs import BitField
from kafka.record import MemoryRecordsBuilder

from apis import ENCODED, ENCODED_LATER, message_class
from golden_folder import GoldenFolder

ERROR_CODES = (0, 3, 6, 25, 27, 35, 41, 51, 76, 87, -1)
TIMESTAMP = 1_700_000_000_000  # milliseconds
CLIENT_ID = "golden-client"
API_VERSIONS = 18


def record_batch():
    """Two records as kafka-python writes them."""
    builder = MemoryRecordsBuilder(magic=2, compression_type=0, batch_size=1 << 16)
    builder.append(timestamp=TIMESTAMP, key=b"key", value=b"value", headers=[("header", b"1")])
    builder.append(timestamp=TIMESTAMP + 1, key=None, value=None, headers=[])
    builder.close()
    return bytes(builder.buffer())


class Distinct:
    """Values of which no two in a message are alike, so that swapped fields show."""

    def __init__(self):
        self.count = 0

    def value(self, field, version):
        self.count += 1
        n, name = self.count, field.name
        if getattr(field, "_type", None) is BitField:
            return {3, 4 + n % 8}
        match field.type_str:
            case "bool":
                return n % 2 == 1
            case "int8":
                return n % 127
            case "int16" if "error_code" in name:
                return ERROR_CODES[n % len(ERROR_CODES)]
            case "int16":
                return 256 + n
            case "uint16":
                return 65_000 + n
            case "int32" if name.endswith("_ms"):
                return 30_000 + n
            case "int32":
                return 0x01020300 + n
            case "int64" if "timestamp" in name or name.endswith("_ms"):
                return TIMESTAMP + n
            case "int64":
                return 0x0102030405060000 + n
            case "float64":
                return n + 0.25
            case "uuid":
                return UUID(int=0x0102030405060708090A0B0C0D0E0000 + n)
            case "string":
                return f"{name}-{n}" + ("-ü✓" if n % 5 == 0 else "")
            case "bytes":
                return bytes((0, n % 256, 255))
            case "records":
                return record_batch()
        raise ValueError(f"no value for the type {field.type_str} of {name}")

    def count_of(self, field, version):
        return 2 if self.count < 16 else 1

    def is_present(self, field, version):
        return True


class Least:
    """As little as a field can hold."""

    def value(self, field, version):
        if getattr(field, "_type", None) is BitField or field.nullable_for_version_q(version):
            return None
        match field.type_str:
            case "bool":
                return False
            case "uint16":
                return 0
            case "int8" | "int16" | "int32" | "int64":
                return -1 if not field.name.endswith("_ms") else 0
            case "float64":
                return 0.0
            case "uuid":
                return UUID(int=0)
            case "string":
                return ""
        return b""

    def count_of(self, field, version):
        return None if field.nullable_for_version_q(version) else 0

    def is_present(self, field, version):
        return not field.nullable_for_version_q(version)


def filled(structure, version, values):
    """The values of a structure's fields, by kafka-python's names."""
    result = {}
    for field in structure._fields:
        if not field.for_version_q(version):
            continue
        if field.tagged_field_q(version) and isinstance(values, Least):
            continue
        if field.is_struct():
            present = values.is_present(field, version)
            result[field.name] = build(field, version, values) if present else None
        elif field.is_struct_array() or field.is_array():
            count = values.count_of(field, version)
            make = build if field.is_struct_array() else lambda f, v, source: source.value(f, v)
            result[field.name] = (
                None
                if count is None
                else [make(field.array_of, version, values) for _ in range(count)]
            )
        else:
            result[field.name] = values.value(field, version)
    return result


def build(structure, version, values):
    return structure.data_class(version=version, **filled(structure, version, values))


def encode(message, version, values, correlation_id):
    fields = filled(message._struct, version, values)
    if message.name == "ApiVersionsResponse":
        fields["error_code"] = 0  # With an error it would have to be in version 0.
    built = message(version=version, **fields)
    built.with_header(correlation_id=correlation_id, **client_id(message))
    return bytes(built.encode(header=True))


def filled_range(key, first, last):
    """An element of an ApiVersions response of version 0."""
    element = message_class(API_VERSIONS, "response").ApiVersion
    return element(version=0, api_key=key, min_version=first, max_version=last)


def client_id(message):
    return {"client_id": CLIENT_ID} if message.is_request() else {}


def with_unknown_tag(frame):
    """The frame with a tagged field 9999 of four bytes at its end, in place of no tagged fields."""
    if frame[-1] != 0:
        raise ValueError("the frame ends in tagged fields of its own")
    return frame[:-1] + bytes((1, 0x8F, 0x4E, 4)) + b"tag!"


def encode_all(table, folder, correlation_id):
    """Encodes every version of the table; returns the last correlation id."""
    for key, (_, first, last) in table.items():
        for version in range(first, last + 1):
            for direction in ("request", "response"):
                message = message_class(key, direction)
                for values in (Distinct(), Least()):
                    correlation_id += 1
                    frame = encode(message, version, values, correlation_id)
                    folder.add(frame, key, version, direction)
                if version == last and message.flexible_version_q(version):
                    correlation_id += 1
                    frame = encode(message, version, Least(), correlation_id)
                    folder.add(with_unknown_tag(frame), key, version, direction)
    return correlation_id


if __name__ == "__main__":
    folder = GoldenFolder(sys.argv[1])
    correlation_id = encode_all(ENCODED, folder, 1000) + 1
    unsupported = message_class(API_VERSIONS, "response")(
        version=0, error_code=35, api_keys=[filled_range(API_VERSIONS, 0, 4)]
    )
    unsupported.with_header(correlation_id=correlation_id)
    folder.add(bytes(unsupported.encode(header=True)), API_VERSIONS, 4, "response")
    encode_all(ENCODED_LATER, folder, correlation_id)
    print(folder.summary())
