"""Encodes requests and responses with kio's codec, at versions that kafka-python does not know.

Of each there are a frame whose every field has a value of its own (arrays of two elements, then of
one), and one with as little as there can be (nulls, empty arrays and strings, the defaults).

    encode_with_kio.py FOLDER
"""

import dataclasses
import io
import sys
import types
import typing
from datetime import timedelta
from uuid import UUID

import kio.index
from kio.schema.errors import ErrorCode
from kio.serial import entity_writer

from encode_frames import CLIENT_ID, ERROR_CODES, record_batch
from golden_folder import GoldenFolder

# API key: first and last version to encode.
ENCODED_BY_KIO = {
    1: (17, 17),  # Fetch
    8: (10, 10),  # OffsetCommit
    9: (10, 10),  # OffsetFetch
    68: (0, 1),  # ConsumerGroupHeartbeat
    69: (0, 1),  # ConsumerGroupDescribe
    75: (0, 0),  # DescribeTopicPartitions
    71: (0, 0),  # GetTelemetrySubscriptions
    72: (0, 0),  # PushTelemetry
    76: (1, 1),  # ShareGroupHeartbeat
    77: (1, 1),  # ShareGroupDescribe
    78: (1, 2),  # ShareFetch
    79: (1, 2),  # ShareAcknowledge
    90: (0, 1),  # DescribeShareGroupOffsets
    91: (0, 0),  # AlterShareGroupOffsets
    92: (0, 0),  # DeleteShareGroupOffsets
}


class Distinct:
    """Values of which no two in a message are alike, so that swapped fields show."""

    def __init__(self):
        self.count = 0

    def value(self, field, kind):
        self.count += 1
        n = self.count
        match kind:
            case "bool":
                return n % 2 == 1
            case "int8":
                return n % 127
            case "error_code":
                return ErrorCode(ERROR_CODES[n % len(ERROR_CODES)])
            case "int16":
                # Some error codes are numbers to kio.
                if field.name.endswith("error_code"):
                    return ERROR_CODES[n % len(ERROR_CODES)]
                return 256 + n
            case "int32":
                return 0x01020300 + n
            case "int64":
                return 0x0102030405060000 + n
            case "timedelta_i32":
                return timedelta(milliseconds=30_000 + n)
            case "uuid":
                return UUID(int=0x0102030405060708090A0B0C0D0E0000 + n)
            case "string":
                return f"{field.name}-{n}" + ("-ü✓" if n % 5 == 0 else "")
            case "records":
                return record_batch()
            case "bytes":
                return bytes((0, n % 256, 255))
        raise ValueError(f"no value for the type {kind} of {field.name}")

    def length(self):
        return 2 if self.count < 16 else 1

    def is_present(self, field):
        return True


class Least:
    """As little as a field can hold."""

    def value(self, field, kind):
        match kind:
            case "bool":
                return False
            case "error_code":
                return ErrorCode.none
            case "timedelta_i32":
                return timedelta()
            case "string":
                return ""
            case "uuid":
                return None
            case "bytes":
                return b""
        return -1

    def length(self):
        return 0

    def is_present(self, field):
        return False


def build(entity, values):
    hints = typing.get_type_hints(entity)
    fields = {}
    for field in dataclasses.fields(entity):
        kind = field.metadata.get("kafka_type")
        hint = hints[field.name]
        options = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
        is_nullable = types.NoneType in options and kind != "uuid"
        if "tag" in field.metadata and not values.is_present(field):
            continue
        if is_nullable and not values.is_present(field):
            fields[field.name] = None
            continue
        shape = next(option for option in options if option is not types.NoneType)
        if typing.get_origin(shape) is tuple:
            element = typing.get_args(shape)[0]
            fields[field.name] = tuple(
                one(field, kind, element, values) for _ in range(values.length())
            )
        else:
            fields[field.name] = one(field, kind, shape, values)
    return entity(**fields)


def one(field, kind, shape, values):
    return build(shape, values) if dataclasses.is_dataclass(shape) else values.value(field, kind)


def encode(entity, values, key, version, correlation_id):
    header = entity.__header_schema__
    fields = {"correlation_id": correlation_id}
    if "client_id" in header.__dataclass_fields__:
        fields |= {
            "request_api_key": key,
            "request_api_version": version,
            "client_id": CLIENT_ID,
        }
    buffer = io.BytesIO()
    entity_writer(header)(buffer, header(**fields))
    entity_writer(entity)(buffer, build(entity, values))
    return buffer.getvalue()


if __name__ == "__main__":
    folder = GoldenFolder(sys.argv[1])
    correlation_id = 5000
    for key, (first, last) in ENCODED_BY_KIO.items():
        for version in range(first, last + 1):
            for direction, load in (
                ("request", kio.index.load_request_schema),
                ("response", kio.index.load_response_schema),
            ):
                for values in (Distinct(), Least()):
                    correlation_id += 1
                    frame = encode(load(key, version), values, key, version, correlation_id)
                    folder.add(frame, key, version, direction)
    print(folder.summary())
