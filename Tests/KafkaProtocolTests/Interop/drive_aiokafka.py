"""Drives aiokafka through all that it can ask of a broker.

    drive_aiokafka.py BOOTSTRAP [plain|sasl]
"""

import asyncio
import sys

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from steps import OTHER_TOPIC, TOPIC, run_async

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


async def produce():
    async with AIOKafkaProducer(**common, linger_ms=20) as client:
        await client.send(TOPIC, b"value", b"key", partition=0, headers=[("header", b"1")])
        await client.send_and_wait(TOPIC, None, b"key", partition=0)
        await client.send_and_wait(OTHER_TOPIC, "ü✓".encode(), partition=1)


async def produce_without_acknowledgement():
    async with AIOKafkaProducer(**common, acks=0, compression_type="gzip") as client:
        await client.send_and_wait(TOPIC, b"unacknowledged", partition=1)


async def transaction():
    async with AIOKafkaProducer(**common, transactional_id="golden-txn") as client:
        async with client.transaction():
            await client.send_and_wait(TOPIC, b"committed", partition=0)
            await client.send_offsets_to_transaction({FIRST: 1}, "golden-group")
        await client.begin_transaction()
        await client.send_and_wait(TOPIC, b"aborted", partition=0)
        await client.abort_transaction()


def consumer(group, *topics, **settings):
    defaults = {
        "auto_offset_reset": "earliest",
        "enable_auto_commit": False,
        "heartbeat_interval_ms": 500,
        "fetch_max_wait_ms": 100,
    }
    return AIOKafkaConsumer(*topics, **common, **defaults, group_id=group, **settings)


async def consume():
    async with consumer("golden-group", TOPIC, OTHER_TOPIC) as client:
        await client.getmany(timeout_ms=1500)
        await client.commit({FIRST: (1, "golden-metadata")})
        await client.committed(FIRST)
        await client.end_offsets([FIRST])
        await client.offsets_for_times({FIRST: 1_700_000_000_000})
        await client.topics()
        await asyncio.sleep(0.6)


async def consume_as_static_member():
    settings = {"isolation_level": "read_committed", "group_instance_id": "golden-instance"}
    async with consumer("golden-static", TOPIC, **settings) as client:
        await client.getmany(timeout_ms=1500)


async def administrate():
    client = AIOKafkaAdminClient(**common)
    await client.start()
    try:
        await run_async(admin_steps(client))
    finally:
        await client.close()


def admin_steps(client):
    topic = ConfigResource(ConfigResourceType.TOPIC, TOPIC)
    altered = ConfigResource(ConfigResourceType.TOPIC, TOPIC, {"retention.ms": "1000"})
    created = [
        NewTopic("created", 2, 1, topic_configs={"retention.ms": "1"}),
        NewTopic("assigned", -1, -1, replica_assignments={0: [1], 1: [1]}),
    ]
    return [
        lambda: client.create_topics(created),
        lambda: client.create_topics(created, validate_only=True),
        lambda: client.create_partitions({TOPIC: NewPartitions(4)}),
        lambda: client.create_partitions({TOPIC: NewPartitions(3, [[1]])}),
        lambda: client.describe_configs([topic], include_synonyms=True),
        lambda: client.alter_configs([altered]),
        lambda: client.describe_consumer_groups(["golden-group"]),
        lambda: client.list_consumer_groups(),
        lambda: client.list_consumer_group_offsets("golden-group"),
        lambda: client.list_consumer_group_offsets("golden-group", partitions=[FIRST]),
        lambda: client.delete_records({FIRST: RecordsToDelete(1)}),
        lambda: client.describe_cluster(),
        lambda: client.describe_topics([TOPIC]),
        lambda: client.list_topics(),
        lambda: client.delete_topics(["created", "assigned"]),
    ]


if __name__ == "__main__":
    asyncio.run(
        run_async(
            [
                produce,
                produce_without_acknowledgement,
                transaction,
                consume,
                consume_as_static_member,
                administrate,
            ]
        )
    )
