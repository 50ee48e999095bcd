"""Drives kafka-python through all that it can ask of a broker.

    drive_kafka_python.py BOOTSTRAP [plain|sasl]
"""

import sys
import time

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, MemberToRemove
from kafka.structs import OffsetAndMetadata

from steps import OTHER_TOPIC, TOPIC, run

SECONDS = 3
common = {
    "bootstrap_servers": sys.argv[1],
    "client_id": "golden-client",
    "request_timeout_ms": 4000,
}
if sys.argv[2:] == ["sasl"]:
    common |= {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "PLAIN",
        "sasl_plain_username": "alice",
        "sasl_plain_password": "alice-secret",
    }
FIRST = TopicPartition(TOPIC, 0)


def producer(**settings):
    return KafkaProducer(**common, max_block_ms=4000, delivery_timeout_ms=5000, **settings)


def produce():
    client = producer(linger_ms=20)
    client.send(TOPIC, key=b"key", value=b"value", headers=[("header", b"1")], partition=0)
    client.send(TOPIC, key=b"key", value=None, partition=0)
    client.send(OTHER_TOPIC, value="ü✓".encode(), partition=1)
    client.flush(SECONDS)
    client.close(1)


def produce_without_acknowledgement():
    client = producer(acks=0, enable_idempotence=False, compression_type="gzip")
    client.send(TOPIC, value=b"unacknowledged", partition=1)
    client.flush(SECONDS)
    client.close(1)


def transaction():
    client = producer(transactional_id="golden-txn", transaction_timeout_ms=10000)
    client.init_transactions()
    client.begin_transaction()
    client.send(TOPIC, value=b"committed", partition=0)
    reader = consumer("golden-group")
    read(reader)
    client.send_offsets_to_transaction({FIRST: offset(1)}, reader.group_metadata())
    client.commit_transaction()
    client.begin_transaction()
    client.send(TOPIC, value=b"aborted", partition=0).get(SECONDS)
    client.abort_transaction()
    reader.close()
    client.close(1)


def offset(number):
    return OffsetAndMetadata(number, "golden-metadata", -1)


def consumer(group, topics=(TOPIC,), **settings):
    defaults = {
        "group_id": group,
        "auto_offset_reset": "earliest",
        "enable_auto_commit": False,
        "heartbeat_interval_ms": 500,
        "session_timeout_ms": 3000,
        "fetch_max_wait_ms": 100,
    }
    return KafkaConsumer(*topics, **common, **(defaults | settings))


def read(client):
    deadline = time.monotonic() + SECONDS
    while not client.poll(timeout_ms=200) and time.monotonic() < deadline:
        pass


def consume():
    client = consumer("golden-group", (TOPIC, OTHER_TOPIC))
    read(client)
    client.commit({FIRST: offset(1)})
    client.committed(FIRST)
    client.end_offsets([FIRST])
    client.offsets_for_times({FIRST: 1_700_000_000_000})
    client.topics()
    time.sleep(0.6)
    client.poll(timeout_ms=100)
    client.close()


def consume_as_static_member():
    settings = {"isolation_level": "read_committed", "client_rack": "rack-a"}
    client = consumer("golden-static", group_instance_id="golden-instance", **settings)
    read(client)
    client.close()


def administrate():
    client = KafkaAdminClient(**common)
    try:
        run(admin_steps(client))
    finally:
        client.close()


def admin_steps(client):
    topic = ConfigResource(ConfigResourceType.TOPIC, TOPIC)
    altered = ConfigResource(ConfigResourceType.TOPIC, TOPIC, {"retention.ms": "1000"})
    created = {
        "created": {"num_partitions": 2, "replication_factor": 1, "configs": {"retention.ms": "1"}},
        "assigned": {"assignments": {0: [1], 1: [1]}},
    }
    member = MemberToRemove(member_id="member-1", group_instance_id="golden-instance")
    unknown = {"raise_on_unknown": False}
    return [
        lambda: client.create_topics(created),
        lambda: client.create_topics(created, validate_only=True),
        lambda: client.create_partitions({TOPIC: 4}),
        lambda: client.create_partitions({TOPIC: {"count": 3, "assignments": [[1]]}}),
        lambda: client.describe_configs([topic], include_synonyms=True),
        lambda: client.alter_configs([altered], incremental=False, **unknown),
        lambda: client.alter_configs([altered], incremental=True, validate_only=True, **unknown),
        lambda: client.describe_groups(["golden-group"], include_authorized_operations=True),
        lambda: client.list_groups(),
        lambda: client.list_groups(states_filter=["Stable"]),
        lambda: client.list_group_offsets({"golden-group": [FIRST]}),
        lambda: client.list_group_offsets({"golden-group": None}),
        lambda: client.alter_group_offsets("golden-group", {FIRST: offset(1)}),
        lambda: client.delete_group_offsets("golden-group", [FIRST]),
        lambda: client.remove_group_members("golden-group", [member]),
        lambda: client.delete_groups(["golden-group"]),
        lambda: client.delete_records({FIRST: 1}),
        lambda: client.list_partition_offsets({FIRST: -1}),
        lambda: client.describe_cluster(),
        lambda: client.describe_topics([TOPIC]),
        lambda: client.describe_log_dirs(),
        lambda: client.describe_log_dirs([FIRST]),
        lambda: client.describe_producers([FIRST]),
        lambda: client.describe_transactions(["golden-txn"]),
        lambda: client.list_transactions(),
        lambda: client.elect_leaders(0, {TOPIC: [0]}),
        lambda: client.delete_topics(["created", "assigned"]),
    ]


if __name__ == "__main__":
    run(
        [
            produce,
            produce_without_acknowledgement,
            transaction,
            consume,
            consume_as_static_member,
            administrate,
        ]
    )
