"""Drives confluent-kafka, and so librdkafka, through all that it can ask of a broker.

    drive_confluent.py BOOTSTRAP [plain|sasl]
"""

import itertools
import sys
import time

import confluent_kafka
from confluent_kafka import ConsumerGroupTopicPartitions, admin
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

from steps import OTHER_TOPIC, TOPIC, run

SECONDS = 3
JOIN_SECONDS = 7  # The mock cluster waits 3 s for more members of a new group.
common = {"bootstrap.servers": sys.argv[1], "client.id": "golden-client", "socket.timeout.ms": 3000}
if sys.argv[2:] == ["sasl"]:
    common |= {
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanisms": "PLAIN",
        "sasl.username": "alice",
        "sasl.password": "alice-secret",
    }


def producer(**settings):
    return Producer(common | {"message.timeout.ms": 3000, "linger.ms": 20} | settings)


def produce():
    client = producer(**{"sticky.partitioning.linger.ms": 0})
    client.produce(TOPIC, key=b"key", value=b"value", headers={"header": b"1"}, partition=0)
    client.produce(TOPIC, key=None, value=None, partition=0)
    client.produce(OTHER_TOPIC, value="ü✓".encode(), partition=1)
    client.flush(SECONDS)


def produce_without_acknowledgement():
    client = producer(acks=0)
    client.produce(TOPIC, value=b"unacknowledged", partition=1)
    client.flush(SECONDS)


def produce_compressed():
    client = producer(**{"compression.type": "lz4", "enable.idempotence": True})
    for _ in range(3):
        client.produce(TOPIC, value=b"compressed " * 20, partition=0)
    client.flush(SECONDS)


def transaction():
    client = producer(**{"transactional.id": "golden-txn", "transaction.timeout.ms": 10000})
    client.init_transactions(SECONDS)
    client.begin_transaction()
    client.produce(TOPIC, value=b"committed", partition=0)
    client.flush(SECONDS)
    reader = consumer("golden-group")
    reader.subscribe([TOPIC])
    read(reader, 1)
    offsets = [TopicPartition(TOPIC, 0, 1)]
    client.send_offsets_to_transaction(offsets, reader.consumer_group_metadata(), SECONDS)
    client.commit_transaction(SECONDS)
    client.begin_transaction()
    client.produce(TOPIC, value=b"aborted", partition=0)
    client.flush(SECONDS)
    client.abort_transaction(SECONDS)
    reader.close()


def consumer(group, **settings):
    defaults = {
        "group.id": group,
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
        "session.timeout.ms": 6000,
        "heartbeat.interval.ms": 500,
        "fetch.wait.max.ms": 100,
    }
    if settings.get("group.protocol") == "consumer":
        del defaults["session.timeout.ms"], defaults["heartbeat.interval.ms"]
    return Consumer(common | defaults | settings)


def read(client, count):
    deadline = time.monotonic() + JOIN_SECONDS
    while count > 0 and time.monotonic() < deadline:
        message = client.poll(0.2)
        count -= message is not None and message.error() is None


def consume():
    client = consumer("golden-group")
    client.subscribe([TOPIC, OTHER_TOPIC])
    read(client, 2)
    client.commit(offsets=[TopicPartition(TOPIC, 0, 1, "golden-metadata")], asynchronous=False)
    client.committed([TopicPartition(TOPIC, 0), TopicPartition(TOPIC, 1)], timeout=SECONDS)
    client.get_watermark_offsets(TopicPartition(TOPIC, 0), timeout=SECONDS)
    client.offsets_for_times([TopicPartition(TOPIC, 0, 1_700_000_000_000)], timeout=SECONDS)
    client.list_topics(timeout=SECONDS)
    time.sleep(0.6)
    client.poll(0.1)
    client.close()


def consume_as_static_member():
    client = consumer(
        "golden-static",
        **{
            "group.instance.id": "golden-instance",
            "partition.assignment.strategy": "cooperative-sticky",
            "isolation.level": "read_committed",
            "client.rack": "rack-a",
        },
    )
    client.subscribe([TOPIC])
    read(client, 1)
    client.close()


def consume_in_new_group():
    client = consumer("golden-new", **{"group.protocol": "consumer"})
    client.subscribe([TOPIC])
    read(client, 1)
    client.commit(offsets=[TopicPartition(TOPIC, 0, 1)], asynchronous=False)
    client.close()


def share(count):
    client = producer()
    for number in range(count):
        client.produce(TOPIC, value=b"%d" % number, partition=number % 2)
    client.flush(SECONDS)


def consume_in_share_group():
    """Acknowledges what comes with a fetch and alone, in all ways, and by closing."""
    if not hasattr(confluent_kafka, "ShareConsumer"):
        return
    client = confluent_kafka.ShareConsumer(
        common | {"group.id": "golden-sharers", "share.acknowledgement.mode": "explicit"}
    )
    client.subscribe([TOPIC, OTHER_TOPIC])
    ways = itertools.cycle(
        confluent_kafka.AcknowledgeType(way) for way in (1, 2, 3)  # accept, release, reject
    )
    # The group begins at the end of the log.
    deadline = time.monotonic() + JOIN_SECONDS
    while time.monotonic() < deadline:
        client.poll(0.2)
    for is_alone in (True, False, True, False):
        share(5)
        deadline = time.monotonic() + SECONDS
        while not (messages := client.poll(0.2)) and time.monotonic() < deadline:
            pass
        for message, way in zip(messages, ways):
            if not message.error():
                client.acknowledge(message, way)
        if is_alone:
            client.commit_sync(SECONDS)
    client.close()


def administrate():
    client = admin.AdminClient(common)
    for call in admin_calls(client):
        try:
            futures = call()
            for future in futures.values() if isinstance(futures, dict) else [futures]:
                future.result(SECONDS)
        except (KafkaException, AttributeError, TypeError, TimeoutError, ValueError) as error:
            print(f"  admin: {type(error).__name__}: {str(error)[:120]}", file=sys.stderr)


def admin_calls(client):
    topic = admin.ConfigResource(admin.ConfigResource.Type.TOPIC, TOPIC)
    altered = admin.ConfigResource(admin.ConfigResource.Type.TOPIC, TOPIC)
    altered.set_config("retention.ms", "1000")
    timeout = {"request_timeout": SECONDS, "operation_timeout": 1}
    created = [
        admin.NewTopic(
            "created", num_partitions=2, replication_factor=1, config={"retention.ms": "1"}
        ),
        admin.NewTopic("assigned", num_partitions=2, replica_assignment=[[1], [1]]),
    ]
    group_offsets = [ConsumerGroupTopicPartitions("golden-group", [TopicPartition(TOPIC, 0, 1)])]
    asked_offsets = [ConsumerGroupTopicPartitions("golden-group", [TopicPartition(TOPIC, 0)])]
    topics = (
        confluent_kafka.TopicCollection if hasattr(confluent_kafka, "TopicCollection") else list
    )
    yield lambda: client.create_topics(created, **timeout)
    yield lambda: client.create_topics(created, validate_only=True, **timeout)
    yield lambda: client.create_partitions([admin.NewPartitions(TOPIC, 4)], **timeout)
    yield lambda: client.describe_configs([topic], request_timeout=SECONDS)
    yield lambda: client.alter_configs([altered], request_timeout=SECONDS)
    yield lambda: incrementally_altered(client)
    yield lambda: client.list_consumer_groups(request_timeout=SECONDS)
    yield lambda: client.describe_consumer_groups(["golden-group"], request_timeout=SECONDS)
    yield lambda: client.list_consumer_group_offsets(asked_offsets, request_timeout=SECONDS)
    yield lambda: client.alter_consumer_group_offsets(group_offsets, request_timeout=SECONDS)
    yield lambda: client.list_offsets(
        {TopicPartition(TOPIC, 0): admin.OffsetSpec.latest()}, request_timeout=SECONDS
    )
    yield lambda: client.delete_records([TopicPartition(TOPIC, 0, 1)], request_timeout=SECONDS)
    yield lambda: client.describe_cluster(request_timeout=SECONDS)
    yield lambda: client.describe_topics(topics([TOPIC]), request_timeout=SECONDS)
    yield lambda: client.delete_consumer_groups(["golden-group"], request_timeout=SECONDS)
    yield lambda: client.delete_topics(["created", "assigned"], **timeout)


def incrementally_altered(client):
    entry = admin.ConfigEntry(
        "retention.ms", "1000", incremental_operation=admin.AlterConfigOpType.SET
    )
    resource = admin.ConfigResource(
        admin.ConfigResource.Type.TOPIC, TOPIC, incremental_configs=[entry]
    )
    return client.incremental_alter_configs([resource], request_timeout=SECONDS)


def list_groups():
    """The older calls, which librdkafka has for kcat's like: ListGroups and DescribeGroups."""
    admin.AdminClient(common).list_groups(timeout=SECONDS)


if __name__ == "__main__":
    run(
        [
            produce,
            produce_without_acknowledgement,
            produce_compressed,
            transaction,
            consume,
            consume_as_static_member,
            consume_in_new_group,
            consume_in_share_group,
            administrate,
            list_groups,
        ]
    )
