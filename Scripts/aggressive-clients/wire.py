"""Requests of Kafka's protocol as bytes, by kafka-python's encoder."""

import importlib
import os
import socket
import struct
import time

from kafka.record import MemoryRecordsBuilder

for module in ("admin", "consumer", "metadata", "producer"):
    importlib.import_module(f"kafka.protocol.{module}")

from kafka.protocol.admin import CreateTopicsRequest  # noqa: E402
from kafka.protocol.admin.client_quotas import AlterClientQuotasRequest  # noqa: E402
from kafka.protocol.consumer import FetchRequest  # noqa: E402
from kafka.protocol.metadata import ApiVersionsRequest, MetadataRequest  # noqa: E402
from kafka.protocol.producer import ProduceRequest  # noqa: E402

GZIP = 1


def frame(message, client_id):
    message.with_header(correlation_id=1, client_id=client_id)
    body = bytes(message.encode(header=True))
    return struct.pack(">i", len(body)) + body


def batch(values, compression=0):
    builder = MemoryRecordsBuilder(
        magic=2, compression_type=compression, batch_size=max(1 << 16, 2 * sum(map(len, values))))
    for value in values:
        builder.append(timestamp=int(time.time() * 1000), key=None, value=value, headers=[])
    builder.close()
    return bytes(builder.buffer())


def produce(client_id, topic, records, partition=0):
    return frame(ProduceRequest(version=7, **{
        "transactional_id": None, "acks": 1, "timeout_ms": 30_000,
        "topic_data": [ProduceRequest.TopicProduceData(version=7, name=topic, partition_data=[
            ProduceRequest.TopicProduceData.PartitionProduceData(
                version=7, index=partition, records=records)])]}), client_id)


def base_offset(answer):
    """Of the one batch that was produced."""
    (length,) = struct.unpack_from(">h", answer, 8)
    error, offset = struct.unpack_from(">hq", answer, 10 + length + 8)
    assert error == 0, f"error {error}"
    return offset


def fetch(client_id, topic, offset=0, partition=0):
    partition = FetchRequest.FetchTopic.FetchPartition(
        version=11, partition=partition, current_leader_epoch=-1, fetch_offset=offset,
        log_start_offset=-1, partition_max_bytes=1 << 20)
    return frame(FetchRequest(
        version=11, replica_id=-1, max_wait_ms=100, min_bytes=1, max_bytes=50 << 20,
        isolation_level=0, session_id=0, session_epoch=-1,
        topics=[FetchRequest.FetchTopic(version=11, topic=topic, partitions=[partition])],
        forgotten_topics_data=[], rack_id=""), client_id)


def metadata(client_id):
    """Of all topics."""
    return frame(MetadataRequest(
        version=7, topics=None, allow_auto_topic_creation=False), client_id)


def create_topics(topics):
    """`topics`: of each its name, its partitions and its settings."""
    kind = CreateTopicsRequest.CreatableTopic
    return frame(CreateTopicsRequest(version=4, timeout_ms=60_000, validate_only=False, topics=[
        kind(version=4, name=name, num_partitions=count, replication_factor=1, assignments=[], configs=[
            kind.CreatableTopicConfig(version=4, name=key, value=str(value))
            for key, value in settings.items()])
        for name, count, settings in topics]), "administrator")


def versions(client_id):
    return frame(ApiVersionsRequest(version=2), client_id)


def quotas(entries):
    """`entries`: of each the parts of its entity, and its values."""
    kind = AlterClientQuotasRequest.EntryData
    return frame(AlterClientQuotasRequest(version=0, validate_only=False, entries=[
        kind(version=0, entity=[
            kind.EntityData(version=0, entity_type=type, entity_name=name)
            for type, name in entity.items()
        ], ops=[kind.OpData(version=0, key=key, value=value, remove=False)
                for key, value in values.items()])
        for entity, values in entries]), "administrator")


def connect(port, source="127.0.0.1"):
    made = socket.create_connection(
        ("127.0.0.1", port), timeout=60, source_address=(source, 0))
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def receive(connection):
    """One answer, without its length."""
    (length,) = struct.unpack(">i", exactly(connection, 4))
    return exactly(connection, length)


def exactly(connection, count):
    view = memoryview(bytearray(count))
    taken = 0
    while taken < count:
        got = connection.recv_into(view[taken:])
        if got == 0:
            raise ConnectionError("the broker ended the connection")
        taken += got
    return bytes(view)


def ask(connection, request):
    connection.sendall(request)
    return receive(connection)


def be_nice():
    """So that the clients' own use of the cores counts as little as may be."""
    os.nice(19)
