"""Decodes a frame with kafka-python and with kio, two implementations that share no code, and
says where they differ. Values are named as in Kafka's message definitions, in lower camel case."""

import dataclasses
import io
from datetime import datetime, timedelta
from enum import Enum
from importlib.metadata import version as version_of
from uuid import UUID

import kio.index
from kafka.protocol.schemas.fields.codecs import BitField
from kio.serial import entity_reader, entity_writer

from apis import message_class, name_of

KAFKA_PYTHON = f"kafka-python {version_of('kafka-python')}"
KIO = f"kio {version_of('kio')}"
API_VERSIONS = 18


class Disagreement(Exception):
    """The implementations read the frame differently, or one of them cannot read it."""


def describe(frame, key, version, direction):
    """What the file beside a frame holds: its fields' values, and who vouches for them."""
    body_version = version
    if (key, direction) == (API_VERSIONS, "response") and int.from_bytes(frame[4:6], signed=True):
        body_version = 0  # An ApiVersions error is always written in version 0.
    message = message_class(key, direction)
    other, other_reencoded, excess = _read_with_kio(frame, key, body_version, direction)
    if message is None or body_version > message.max_version:
        if other is None:
            raise Disagreement("it has a tagged field that only kafka-python could skip")
        header, body = (_named(part) for part in other)
        decoders, identical = [KIO], other_reencoded == frame
    else:
        decoded = message.decode(frame, version=body_version, header=True)
        header = _header_values(decoded.header, message, body_version)
        body = _values(decoded, body_version)
        decoders = [KAFKA_PYTHON]
        if other:
            _compare(header, other[0], "header")
            _compare(body, other[1], name_of(key))
            decoders.append(KIO)
        identical = frame in (decoded.encode(header=True), other_reencoded)
    description = {
        "api": name_of(key),
        "apiKey": key,
        "apiVersion": version,
        "direction": direction,
        "header": header,
        "body": body,
    }
    # Only what is unusual, for there are a thousand such files.
    if body_version != version:
        description["bodyVersion"] = body_version
    if excess:
        description["bytesAfterBody"] = excess
    if not identical:
        description["reencodesIdentically"] = False
    if len(decoders) == 1:
        description["decodedBy"] = decoders
    return description


def _header_values(header, message, version):
    values = {_lower_camel(f._name): getattr(header, f.name) for f in header._struct._fields}
    if unknown := _unknown_tags(header):
        values["unknownTags"] = unknown
    return values


def _lower_camel(name):
    return name[0].lower() + name[1:]


def _unknown_tags(container):
    tags = getattr(container, "unknown_tags", None) or {}
    return {name.removeprefix("_"): bytes(value).hex() for name, value in tags.items()}


def _values(container, version, nested=False):
    """A message's fields in the order of Kafka's definition, as JSON has them."""
    values = {}
    for field in container._struct._fields:
        if not field.for_version_q(version):
            continue
        name = _lower_camel(field._name)
        if name == "authorized_operations":  # kafka-python's name for two fields of Metadata
            name = "topicAuthorizedOperations" if nested else "clusterAuthorizedOperations"
        values[name] = _value(field, getattr(container, field.name), version)
    if unknown := _unknown_tags(container):
        values["unknownTags"] = unknown
    return values


def _value(field, value, version):
    if getattr(field, "_type", None) is BitField:
        bits = {31} if value is None else value
        number = BitField.to_32_bit_field(bits)
        return number - (1 << 32) if number >> 31 else number
    if value is None:
        if field.type_str == "uuid":
            return str(UUID(int=0))
        return None
    if field.is_struct():
        return _values(value, version, nested=True)
    if field.is_struct_array():
        return [_values(item, version, nested=True) for item in value]
    if field.is_array():
        return [_value(field.array_of, item, version) for item in value]
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()
    return value


def _read_with_kio(frame, key, version, direction):
    load = (
        kio.index.load_request_schema if direction == "request" else kio.index.load_response_schema
    )
    payload_type = load(key, version)
    try:
        header, header_size = entity_reader(payload_type.__header_schema__)(frame, 0)
        payload, payload_size = entity_reader(payload_type)(frame, header_size)
    except Exception as error:
        if "Unknown tagged field" in str(error):  # kio's limit, not the frame's fault
            return None, None, 0
        raise Disagreement(f"{KIO} cannot read it: {error!r}") from error
    excess = len(frame) - header_size - payload_size
    if excess and direction == "response":  # Kafka's broker ignores what follows a request's body.
        raise Disagreement(f"{KIO} leaves {excess} bytes unread")
    buffer = io.BytesIO()
    entity_writer(payload_type.__header_schema__)(buffer, header)
    entity_writer(payload_type)(buffer, payload)
    return (header, payload), buffer.getvalue(), excess


def _named(entity):
    """A kio entity under Kafka's names, where only kio can read the frame."""
    values = {}
    for field in dataclasses.fields(entity):
        first, *others = field.name.split("_")
        name = first + "".join(word.capitalize() for word in others)
        if field.metadata.get("kafka_type", "").startswith("timedelta"):
            name += "Ms"
        value = getattr(entity, field.name)
        if value is None and field.metadata.get("kafka_type") == "uuid":
            value = UUID(int=0)
        if isinstance(value, tuple):
            values[name] = [_named(v) if dataclasses.is_dataclass(v) else _plain(v) for v in value]
        else:
            values[name] = _named(value) if dataclasses.is_dataclass(value) else _plain(value)
    return values


def _plain(value):
    match value:
        case Enum():
            return value.value
        case timedelta():
            return value // timedelta(milliseconds=1)
        case datetime():
            return round(value.timestamp() * 1000)
        case UUID():
            return str(value)
        case bytes() | bytearray() | memoryview():
            return bytes(value).hex()
    return value


# kio has None where Kafka has a number or an identifier that stands for nothing.
_ABSENT = (None, -1, "", str(UUID(int=0)))


def _compare(ours, entity, path):
    """Holds kafka-python's values against kio's, field by field in the order of the definition."""
    if ours is None or entity is None:
        if ours is not entity and not (entity is None and _is_default(ours)):
            raise Disagreement(f"{path}: {ours!r} is not {entity!r}")
        return
    fields = dataclasses.fields(entity)
    names = [name for name in ours if name != "unknownTags"]
    if len(names) != len(fields):
        raise Disagreement(f"{path}: {names} are not {[field.name for field in fields]}")
    for name, field in zip(names, fields):
        _compare_value(ours[name], getattr(entity, field.name), f"{path}.{name}")


def _compare_value(ours, theirs, path):
    if isinstance(theirs, tuple):
        if ours is None or len(ours) != len(theirs):
            raise Disagreement(f"{path}: {ours!r} is not {theirs!r}")
        for index, pair in enumerate(zip(ours, theirs)):
            _compare_value(*pair, f"{path}[{index}]")
    elif dataclasses.is_dataclass(theirs):
        if ours is not None:
            _compare(ours, theirs, path)
        elif _is_default(_named(theirs)) is False:
            raise Disagreement(f"{path}: nothing is not {theirs!r}")
    else:
        theirs = _plain(theirs)
        if ours != theirs and not (ours in _ABSENT and theirs in _ABSENT):
            raise Disagreement(f"{path}: {ours!r} is not {theirs!r}")


def _is_default(values):
    if isinstance(values, dict):
        return all(_is_default(value) for value in values.values())
    return values in (0, False, *_ABSENT) or values == []
