"""Record batches: read from segment files by a parser that shares nothing with Weir's or with
kafka-python's, and built anew by kafka-python of the keys, values and timestamps alone."""

import struct
from collections import namedtuple

import crc32c
import zstandard
from kafka import codec as kafka_codec
from kafka.record.default_records import DefaultRecordBatchBuilder

# baseOffset, batchLength, partitionLeaderEpoch, magic, crc, attributes, lastOffsetDelta,
# baseTimestamp, maxTimestamp, producerId, producerEpoch, baseSequence, recordCount
HEADER = struct.Struct(">qiibIhiqqqhii")
# What the batchLength does not count: itself and the baseOffset.
BEFORE_LENGTH_ENDS = 12
# The checksum covers everything from here on.
ATTRIBUTES_POSITION = 21
CODEC_BITS = 0x07
CODEC_NUMBERS = {"none": 0, "gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}

Record = namedtuple("Record", "timestamp key value headers")
Batch = namedtuple(
    "Batch",
    "byte_count base_offset attributes producer_id producer_epoch base_sequence checksummed "
    "section records")


class Damaged(Exception):
    """What stands in the file is no record batch."""


def read_segment(path):
    """The batches of a segment file, in order. Zeros may follow the last one: space taken ahead."""
    with open(path, "rb") as file:
        data = file.read()
    position = 0
    while position < len(data):
        if not any(data[position:position + HEADER.size]):
            if any(data[position:]):
                raise Damaged(f"{path}: something behind the zeros at {position}")
            return
        if position + HEADER.size > len(data):
            raise Damaged(f"{path}: the header at {position} is cut off")
        byte_count = BEFORE_LENGTH_ENDS + struct.unpack_from(">i", data, position + 8)[0]
        if byte_count < HEADER.size or position + byte_count > len(data):
            raise Damaged(f"{path}: the batch at {position} cannot have {byte_count} bytes")
        yield _read_batch(data[position:position + byte_count], f"{path} at {position}")
        position += byte_count


def _read_batch(data, place):
    (base_offset, _, _, magic, crc, attributes, last_offset_delta, base_timestamp, max_timestamp,
     producer_id, producer_epoch, base_sequence, count) = HEADER.unpack_from(data)
    if magic != 2:
        raise Damaged(f"{place}: magic {magic}")
    if crc32c.crc32c(data[ATTRIBUTES_POSITION:]) != crc:
        raise Damaged(f"{place}: the checksum is wrong")
    section = _decompressed(attributes & CODEC_BITS, data[HEADER.size:], place)
    records = _read_records(section, count, base_timestamp, place)
    if last_offset_delta != count - 1:
        raise Damaged(f"{place}: {count} records, and the last offset delta {last_offset_delta}")
    if max_timestamp != max(record.timestamp for record in records):
        raise Damaged(f"{place}: no record has the largest timestamp, {max_timestamp}")
    return Batch(
        len(data), base_offset, attributes, producer_id, producer_epoch, base_sequence,
        data[ATTRIBUTES_POSITION:], section, records)


def _read_varint(data, position):
    result = shift = 0
    while True:
        byte = data[position]
        position += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (result >> 1) ^ -(result & 1), position
        shift += 7


def _read_bytes(data, position):
    byte_count, position = _read_varint(data, position)
    if byte_count < 0:
        return None, position
    return data[position:position + byte_count], position + byte_count


def _read_records(data, count, base_timestamp, place):
    records = []
    position = 0
    try:
        for number in range(count):
            byte_count, position = _read_varint(data, position)
            end = position + byte_count
            attributes = data[position]
            timestamp_delta, position = _read_varint(data, position + 1)
            offset_delta, position = _read_varint(data, position)
            key, position = _read_bytes(data, position)
            value, position = _read_bytes(data, position)
            header_count, position = _read_varint(data, position)
            headers = []
            for _ in range(header_count):
                name, position = _read_bytes(data, position)
                content, position = _read_bytes(data, position)
                headers.append((name, content))
            if (position, offset_delta, attributes) != (end, number, 0):
                raise Damaged(
                    f"{place}, record {number}: ends at {position}, not {end}, or has offset delta "
                    f"{offset_delta} or attributes {attributes}")
            records.append(Record(base_timestamp + timestamp_delta, key, value, headers))
    except IndexError:
        raise Damaged(f"{place}: ends within record {len(records)} of {count}") from None
    if position != len(data):
        raise Damaged(f"{place}: {len(data) - position} bytes behind the last record")
    return records


def _decompressed(codec_number, data, place):
    decoders = {
        0: bytes, 1: kafka_codec.gzip_decode, 2: kafka_codec.snappy_decode,
        3: kafka_codec.lz4_decode, 4: kafka_codec.zstd_decode}
    if codec_number not in decoders:
        raise Damaged(f"{place}: no codec has number {codec_number}")
    try:
        return decoders[codec_number](data)
    # Each package has errors of its own kind.
    except Exception as error:
        raise Damaged(f"{place}: cannot be decompressed: {error}") from error


def compressed(codec, data):
    """In one call, as Kafka's Java client frames it: xerial blocks for snappy, independent blocks
    of 64 KiB and no content size for lz4. A codec without a level has Kafka's default.

    kafka-python's builder would compress gzip and zstd at a level of its own, and would leave
    uncompressed what a codec makes larger, which the Java client does not: so its functions are
    called from here."""
    name, _, level = codec.partition(":")
    match name:
        case "none":
            return data
        case "gzip":
            return kafka_codec.gzip_encode(data, compresslevel=int(level or 6))
        case "snappy":
            return kafka_codec.snappy_encode(data)
        case "lz4" if not level:
            return kafka_codec.lz4_encode(data, store_size=False)
        case "zstd":
            return zstandard.ZstdCompressor(level=int(level or 3)).compress(data)
    raise ValueError(codec)


def rebuilt(batch):
    """The uncompressed batch that kafka-python builds of the batch's keys, values and timestamps,
    without any header."""
    builder = DefaultRecordBatchBuilder(
        magic=2, compression_type=0, is_transactional=False, producer_id=batch.producer_id,
        producer_epoch=batch.producer_epoch, base_sequence=batch.base_sequence,
        batch_size=1 << 31)
    for number, record in enumerate(batch.records):
        builder.append(number, record.timestamp, record.key, record.value, [])
    return bytes(builder.build())


def filled_batch_count(records, batch_size):
    """How many batches kafka-python makes of the records where it fills each to `batch.size`."""
    size_of = DefaultRecordBatchBuilder.size_in_bytes
    count, number, size, first_timestamp = 0, 0, batch_size, 0
    for timestamp, key, value, _ in records:
        needed = size_of(number, timestamp - first_timestamp, key, value, [])
        if size + needed > batch_size:
            count, number, first_timestamp = count + 1, 0, timestamp
            size, needed = HEADER.size, size_of(0, 0, key, value, [])
        size += needed
        number += 1
    return count
