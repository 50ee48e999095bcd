"""Writes the records of README.md as batches of two Python clients, next to this file.

    pip install -r ../Interop/requirements.txt && python make_python_batches.py
"""

import pathlib

import zstandard
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy
from kafka.record import default_records
from kafka.record.default_records import DefaultRecordBatchBuilder

CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]
RECORDS = [
    (
        1700000000000,
        b"order-1",
        b'{"event":"OrderPlaced","order":1}',
        [("trace", b"\x00\x01\x02\xff")],
    ),
    (1700000000005, None, b"no key", []),
    (1700000000003, b"order-3", None, []),
    (1700000000003, b"", b"", []),
    (1700003600000, b"order-5", b"abcdefghij" * 100, [("a", b""), ("a", None), ("größe", b"1 MiB")]),
    (1699999999999, bytes(range(128)), bytes(i * 7 & 0xFF for i in range(300)), []),
]


def write(name, make, codec):
    builder = make(
        magic=2,
        compression_type=CODECS.index(codec),
        is_transactional=False,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=1 << 20,
    )
    for offset, (timestamp, key, value, headers) in enumerate(RECORDS):
        builder.append(offset, timestamp, key, value, headers)
    path = pathlib.Path(__file__).parent / f"{name}.batch"
    path.write_bytes(bytes(builder.build()))


for codec in CODECS:
    write(f"kafka-python-{codec}", DefaultRecordBatchBuilder, codec)
    write(f"aiokafka-{codec}", _DefaultRecordBatchBuilderPy, codec)

# As the Java client's stream writes zstd: the frame does not say how large its content is.
unsized = zstandard.ZstdCompressor(write_content_size=False)
default_records.zstd_encode = lambda payload: unsized.compress(bytes(payload))
write("kafka-python-zstd-unsized", DefaultRecordBatchBuilder, "zstd")
