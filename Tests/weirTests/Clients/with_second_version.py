"""Transactions of the second version (KIP-890) against Weir's broker.

No client of Python speaks it, so the producer here does what Kafka's own one does, with the message
classes of kafka-python, over a socket: it adds no partitions, and takes its next epoch from the end
of the transaction before.
"""

import os
import socket
import time

from kafka.errors import for_code
from kafka.protocol.api_message import ApiMessage
from kafka.protocol.consumer import OffsetFetchRequest
from kafka.protocol.metadata import ApiVersionsRequest, FindCoordinatorRequest
from kafka.protocol.producer import (
    EndTxnRequest, InitProducerIdRequest, ProduceRequest, TxnOffsetCommitRequest)
from kafka.record import MemoryRecordsBuilder

from broker import DEADLINE_S
from run_case import with_settings
from with_kafka_python import create, read_all
from with_kills import kill_repeatedly, seed

KILLS = int(os.environ.get("WEIR_TEST_KILLS", "20"))
RETRIABLE = {"ConcurrentTransactions", "ConcurrentTransactionsError", "CoordinatorLoadInProgressError",
             "CoordinatorNotAvailableError", "NotEnoughReplicasError"}


class Refused(Exception):
    """What a request was answered with."""

    def __init__(self, code):
        super().__init__(for_code(code).__name__)
        self.code = code


class Connection:
    """One request at a time. After a failure of the network it connects again and asks again, which
    is what the second version must stand."""

    def __init__(self, broker):
        self.broker = broker
        self.socket = None
        self.correlation_id = 0

    def ask(self, kind, version, **fields):
        end = time.monotonic() + DEADLINE_S
        while True:
            try:
                return self._ask(kind, version, fields)
            except OSError:
                assert time.monotonic() < end, "the broker does not come back"
                self.close()
                time.sleep(0.005)

    def _ask(self, kind, version, fields):
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.broker.port), timeout=20)
        self.correlation_id += 1
        message = kind(version=version, **fields)
        message.with_header(correlation_id=self.correlation_id, client_id="second")
        self.socket.sendall(message.encode(header=True, framed=True))
        frame = self._read(int.from_bytes(self._read(4), "big"))
        return _response_of(kind).decode(frame, version=version, header=True)

    def _read(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise ConnectionResetError("the broker ended the connection")
            data += part
        return data

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket = None


def _response_of(kind):
    name = kind.__name__.replace("Request", "Response")
    return next(c for c in _subclasses(ApiMessage) if c.__name__ == name)


def _subclasses(parent):
    for child in type.__subclasses__(parent):
        yield child
        yield from _subclasses(child)


class Producer:
    def __init__(self, broker, transactional_id):
        self.connection = Connection(broker)
        self.id = transactional_id
        answer = self.until_done(
            InitProducerIdRequest, 5, lambda a: a.error_code, transactional_id=transactional_id,
            transaction_timeout_ms=60_000, producer_id=-1, producer_epoch=-1)
        self.producer, self.epoch, self.sequences = answer.producer_id, answer.producer_epoch, {}

    def until_done(self, kind, version, code_of, **fields):
        """Asks again while the broker says that this helps."""
        end = time.monotonic() + DEADLINE_S
        while True:
            answer = self.connection.ask(kind, version, **fields)
            code = code_of(answer)
            if code == 0:
                return answer
            if for_code(code).__name__ not in RETRIABLE or time.monotonic() > end:
                raise Refused(code)
            time.sleep(0.002)

    def produce(self, topic, value, version=12):
        sequence = self.sequences.get(topic, 0)
        builder = MemoryRecordsBuilder(
            magic=2, compression_type=0, batch_size=1 << 14, transactional=True,
            producer_id=self.producer, producer_epoch=self.epoch, base_sequence=sequence)
        builder.append(timestamp=int(time.time() * 1000), key=None, value=value, headers=[])
        builder.close()
        Topic = ProduceRequest.TopicProduceData
        partition = Topic.PartitionProduceData(index=0, records=bytes(builder.buffer()))
        answer = self.until_done(
            ProduceRequest, version, lambda a: a.responses[0].partition_responses[0].error_code,
            transactional_id=self.id, acks=-1, timeout_ms=20_000,
            topic_data=[Topic(name=topic, partition_data=[partition])])
        self.sequences[topic] = sequence + 1
        return answer.responses[0].partition_responses[0].base_offset

    def commit_offset(self, group, topic, offset):
        self.until_done(
            FindCoordinatorRequest, 6, lambda a: a.coordinators[0].error_code,
            key_type=0, coordinator_keys=[group])
        Topic = TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic
        partition = Topic.TxnOffsetCommitRequestPartition(
            partition_index=0, committed_offset=offset, committed_leader_epoch=-1,
            committed_metadata="")
        self.until_done(
            TxnOffsetCommitRequest, 5, lambda a: a.topics[0].partitions[0].error_code,
            transactional_id=self.id, group_id=group, producer_id=self.producer,
            producer_epoch=self.epoch, generation_id=-1, member_id="", group_instance_id=None,
            topics=[Topic(name=topic, partitions=[partition])])

    def end(self, committed):
        answer = self.until_done(
            EndTxnRequest, 5, lambda a: a.error_code, transactional_id=self.id,
            producer_id=self.producer, producer_epoch=self.epoch, committed=committed)
        before = (self.producer, self.epoch)
        self.producer, self.epoch, self.sequences = answer.producer_id, answer.producer_epoch, {}
        assert (self.producer, self.epoch) == (before[0], before[1] + 1), (before, answer)


def committed_offset(broker, group, topic):
    client = Connection(broker)
    Topic = OffsetFetchRequest.OffsetFetchRequestTopic
    answer = client.ask(
        OffsetFetchRequest, 5, group_id=group, topics=[Topic(name=topic, partition_indexes=[0])])
    client.close()
    return answer.topics[0].partitions[0].committed_offset


def committed_and_aborted(broker):
    """The broker finalises the feature, and the first version's clients work beside."""
    client = Connection(broker)
    versions = client.ask(
        ApiVersionsRequest, 4, client_software_name="second", client_software_version="1")
    client.close()
    levels = {feature.name: feature.max_version_level for feature in versions.finalized_features}
    assert levels["transaction.version"] == 2, levels
    create(broker, "ledger")
    writer = Producer(broker, "teller")
    expected, position = [], -1
    for number in range(9):
        for part in range(2):
            writer.produce("ledger", b"%d.%d" % (number, part))
        writer.commit_offset("g", "ledger", number)
        assert committed_offset(broker, "g", "ledger") == position
        is_commit = number % 3 != 2
        writer.end(is_commit)
        if is_commit:
            expected += [b"%d.0" % number, b"%d.1" % number]
            position = number
        assert committed_offset(broker, "g", "ledger") == position
        if number == 5:
            broker.kill()
            broker.start()
    found = read_all(broker, "ledger", isolation_level="read_committed")
    assert [record.value for record in found] == expected, found
    # A successor fences it.
    successor = Producer(broker, "teller")
    try:
        writer.produce("ledger", b"zombie")
        raise AssertionError("a zombie has written")
    except Refused as refused:
        assert for_code(refused.code).__name__ == "InvalidProducerEpochError", refused
    try:
        writer.end(committed=True)
        raise AssertionError("a zombie has committed")
    except Refused as refused:
        assert for_code(refused.code).__name__ == "ProducerFencedError", refused
    successor.produce("ledger", b"after")
    successor.end(committed=True)
    found = read_all(broker, "ledger", isolation_level="read_committed")
    assert found[-1].value == b"after"


@with_settings("log.flush.interval.messages=1")
def all_or_nothing_over_kills(broker):
    """Every request is simply repeated after a kill: each batch is there once, and every transaction
    ended as it was said to."""
    for topic in ("left", "right"):
        create(broker, topic)
    committed, aborted = [], []

    def transact(done):
        writer = Producer(broker, "both")
        number = 0
        while not done.is_set():
            number += 1
            for topic in ("left", "right"):
                writer.produce(topic, b"%d" % number)
            writer.end(committed=number % 4 != 0)
            (committed if number % 4 else aborted).append(number)
        writer.connection.close()

    kill_repeatedly(broker, seed(), KILLS, [transact], lambda: len(committed) + len(aborted))
    for topic in ("left", "right"):
        found = [int(r.value) for r in read_all(broker, topic, isolation_level="read_committed")]
        assert found == committed, (topic, set(found) ^ set(committed))
    print(f"{len(committed)} committed, {len(aborted)} aborted, {KILLS} kills")
