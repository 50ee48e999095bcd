"""Clients written for Kafka that wait as a quota says. They have no call that sets one, so kafka-python's messages do."""

import socket
import struct

from confluent_kafka import Consumer, Producer
from kafka.admin import KafkaAdminClient
from kafka.protocol.admin.client_quotas import (
    AlterClientQuotasRequest, AlterClientQuotasResponse, DescribeClientQuotasRequest,
    DescribeClientQuotasResponse,
)
from kafka.protocol.admin.configs import (
    IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse,
)

from broker import DEADLINE_S, wait_until
from run_case import with_settings

VALUE = b"x" * 50_000


def ask(broker, request, answer):
    request.with_header(correlation_id=1, client_id="administrator")
    body = bytes(request.encode(header=True))
    with socket.create_connection(("127.0.0.1", broker.port), timeout=DEADLINE_S) as peer:
        peer.sendall(struct.pack(">i", len(body)) + body)
        with peer.makefile("rb") as file:
            (length,) = struct.unpack(">i", file.read(4))
            # Behind the correlation id, as version 0 has no tagged fields.
            return answer.decode(file.read(length)[4:], version=0)


def alter(broker, entity, **values):
    kind = AlterClientQuotasRequest.EntryData
    entry = kind(
        version=0,
        entity=[kind.EntityData(version=0, entity_type=type, entity_name=name)
                for type, name in entity.items()],
        ops=[kind.OpData(version=0, key=key, value=value or 0.0, remove=value is None)
             for key, value in values.items()])
    answer = ask(
        broker, AlterClientQuotasRequest(version=0, entries=[entry], validate_only=False),
        AlterClientQuotasResponse)
    assert answer.entries[0].error_code == 0, answer


def described(broker):
    answer = ask(
        broker, DescribeClientQuotasRequest(version=0, components=[], strict=False),
        DescribeClientQuotasResponse)
    return {
        (part.entity_name, value.key): value.value
        for entry in answer.entries for part in entry.entity for value in entry.values
    }


def confluent_kafka_sees_how_long_it_is_throttled(broker):
    alter(broker, {"client-id": "slow"}, producer_byte_rate=40_000.0)
    throttled = []
    producer = Producer({
        "bootstrap.servers": broker.address, "client.id": "slow", "linger.ms": 0,
        "batch.num.messages": 1, "throttle_cb": throttled.append,
    })
    # Ten seconds' worth may be used up at once.
    for _ in range(10):
        producer.produce("t", VALUE)
        assert producer.flush(DEADLINE_S) == 0
    wait_until("it is throttled", lambda: producer.poll(0.01) is not None and throttled)
    assert 0 < throttled[0].throttle_time < 10, throttled[0].throttle_time
    alter(broker, {"client-id": "slow"}, producer_byte_rate=None, consumer_byte_rate=45_000.0)
    waits = []
    consumer = Consumer({
        "bootstrap.servers": broker.address, "client.id": "slow", "group.id": "g",
        "auto.offset.reset": "earliest", "throttle_cb": waits.append,
    })
    consumer.subscribe(["t"])
    taken = []

    def takes():
        taken.extend(message for message in consumer.consume(10, 0.1) if not message.error())
        return len(taken) == 10

    wait_until("all is read in spite of the quota", takes)
    assert all(message.value() == VALUE for message in taken)
    assert any(wait.throttle_time > 0 for wait in waits), waits
    consumer.close()


def quotas_and_subscriptions_outlive_a_kill(broker):
    alter(broker, {"client-id": "slow"}, producer_byte_rate=40_000.0, request_percentage=12.5)
    alter(broker, {"ip": None}, connection_creation_rate=1000.0)
    admin = KafkaAdminClient(bootstrap_servers=broker.address)
    assert admin.list_config_resources(["CLIENT_METRICS"]).get("CLIENT_METRICS", []) == []
    admin.close()
    broker.kill()
    broker.start()
    assert described(broker) == {
        ("slow", "producer_byte_rate"): 40_000.0, ("slow", "request_percentage"): 12.5,
        (None, "connection_creation_rate"): 1000.0,
    }


@with_settings("weir.client.metrics=log")
def librdkafka_pushes_its_metrics(broker):
    subscribe(broker)
    producer = Producer({"bootstrap.servers": broker.address, "client.id": "measured"})
    producer.produce("t", b"value")
    assert producer.flush(DEADLINE_S) == 0

    def is_logged():
        producer.poll(0.05)
        return "metrics of a client" in broker.errors()

    wait_until("a push is logged", is_logged)
    assert "measured" in broker.errors() and "org.apache.kafka" in broker.errors()


def subscribe(broker):
    kind = IncrementalAlterConfigsRequest.AlterConfigsResource
    answer = ask(broker, IncrementalAlterConfigsRequest(version=0, validate_only=False, resources=[
        kind(version=0, resource_type=16, resource_name="all", configs=[
            kind.AlterableConfig(version=0, name=name, config_operation=0, value=value)
            for name, value in (("metrics", "*"), ("interval.ms", "100"))
        ])]), IncrementalAlterConfigsResponse)
    assert answer.responses[0].error_code == 0, answer
