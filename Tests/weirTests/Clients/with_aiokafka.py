"""aiokafka against Weir's broker."""

import asyncio
import time

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import ProducerFenced

from broker import DEADLINE_S
from records import CODECS, awkward_records, large_record, numbered


def asynchronous(function):
    def run(broker):
        asyncio.run(asyncio.wait_for(function(broker), DEADLINE_S))

    return run


async def create(broker, topic, partitions=1, **configs):
    client = AIOKafkaAdminClient(bootstrap_servers=broker.address)
    await client.start()
    await client.create_topics([NewTopic(topic, partitions, 1, topic_configs={
        name.replace("_", "."): value for name, value in configs.items()})])
    await client.close()


async def send(broker, topic, records, **settings):
    async with AIOKafkaProducer(bootstrap_servers=broker.address, **settings) as client:
        futures = [
            await client.send(topic, value, key=key, headers=headers, partition=0)
            for key, value, headers in records]
        return [await future for future in futures]


async def read(broker, topic, count, group=None, **settings):
    async with AIOKafkaConsumer(
        topic, bootstrap_servers=broker.address, group_id=group, auto_offset_reset="earliest",
        enable_auto_commit=False, **settings,
    ) as client:
        records = []
        while len(records) < count:
            for batch in (await client.getmany(timeout_ms=200)).values():
                records += batch
        if group:
            await client.commit()
        return records


@asynchronous
async def every_codec(broker):
    for codec in CODECS:
        await create(broker, codec)
        values = numbered(500, codec * 20)
        await send(
            broker, codec, [(None, value, []) for value in values],
            compression_type=None if codec == "none" else codec, linger_ms=20)
        assert [record.value for record in await read(broker, codec, 500)] == values, codec


@asynchronous
async def awkward_keys_values_and_headers(broker):
    await create(broker, "awkward")
    await send(broker, "awkward", awkward_records(), linger_ms=20)
    found = await read(broker, "awkward", len(awkward_records()))
    assert [(r.key, r.value, list(r.headers)) for r in found] == awkward_records(), found


@asynchronous
async def a_megabyte(broker):
    await create(broker, "large", max_message_bytes="1100000")
    values = [large_record(seed) for seed in range(3)]
    await send(broker, "large", [(None, v, []) for v in values], max_request_size=1_200_000)
    assert [record.value for record in await read(broker, "large", 3)] == values


@asynchronous
async def a_group_resumes(broker):
    await create(broker, "resumed")
    values = numbered(100)
    await send(broker, "resumed", [(None, value, []) for value in values[:60]])
    first = await read(broker, "resumed", 60, group="notification-group")
    await send(broker, "resumed", [(None, value, []) for value in values[60:]])
    second = await read(broker, "resumed", 40, group="notification-group")
    assert [record.value for record in first + second] == values
    replayed = await read(broker, "resumed", 100, group="analytics-group")
    assert [record.value for record in replayed] == values


@asynchronous
async def seek_and_timestamps(broker):
    await create(broker, "times")
    base = 1_700_000_000_000
    async with AIOKafkaProducer(bootstrap_servers=broker.address) as client:
        for number in range(50):
            await client.send_and_wait("times", b"t", timestamp_ms=base + 10 * number)
    client = AIOKafkaConsumer(bootstrap_servers=broker.address)
    await client.start()
    partition = TopicPartition("times", 0)
    client.assign([partition])
    answer = await client.offsets_for_times({partition: base + 15})
    assert answer[partition].offset == 2, answer
    client.seek(partition, 40)
    assert (await client.getone()).offset == 40
    await client.seek_to_end(partition)
    assert await client.position(partition) == 50
    await client.stop()


@asynchronous
async def idempotent_and_transactional(broker):
    await create(broker, "ledger")
    await send(broker, "ledger", [(None, b"idempotent", [])], enable_idempotence=True)
    async with AIOKafkaProducer(
        bootstrap_servers=broker.address, transactional_id="teller"
    ) as client:
        async with client.transaction():
            await client.send_and_wait("ledger", b"committed")
        await client.begin_transaction()
        await client.send_and_wait("ledger", b"aborted")
        await client.abort_transaction()
        async with client.transaction():
            await client.send_and_wait("ledger", b"committed too")
    found = await read(broker, "ledger", 3, isolation_level="read_committed")
    assert [r.value for r in found] == [b"idempotent", b"committed", b"committed too"], found


@asynchronous
async def a_zombie_is_fenced(broker):
    await create(broker, "fenced")
    old = AIOKafkaProducer(bootstrap_servers=broker.address, transactional_id="same")
    new = AIOKafkaProducer(bootstrap_servers=broker.address, transactional_id="same")
    await old.start()
    await old.begin_transaction()
    await old.send_and_wait("fenced", b"of the zombie")
    await new.start()
    try:
        await old.send_and_wait("fenced", b"too late")
        await old.commit_transaction()
        raise AssertionError("the zombie committed")
    except ProducerFenced:
        pass
    async with new.transaction():
        await new.send_and_wait("fenced", b"of the living")
    await new.stop()
    await old.stop()
    found = await read(broker, "fenced", 1, isolation_level="read_committed")
    assert [record.value for record in found] == [b"of the living"]
