"""Reads a topic from its beginning with another implementation's consumer.

    read_values.py CLIENT BOOTSTRAP TOPIC COUNT

Prints, for each partition that has records, its number and its values as JSON.
"""

import asyncio
import collections
import json
import sys
import time

DEADLINE_S = 60


def with_confluent(bootstrap, topic, count):
    from confluent_kafka import Consumer, TopicPartition

    consumer = Consumer({
        "bootstrap.servers": bootstrap, "group.id": "unused", "check.crcs": True,
        "enable.auto.commit": False})
    partitions = consumer.list_topics(topic, timeout=DEADLINE_S).topics[topic].partitions
    consumer.assign([TopicPartition(topic, number, 0) for number in partitions])
    end = time.monotonic() + DEADLINE_S
    while count > 0 and time.monotonic() < end:
        message = consumer.poll(0.2)
        if message is None:
            continue
        if message.error():
            raise RuntimeError(message.error())
        count -= 1
        yield message.partition(), message.value()
    consumer.close()


def with_kafka_python(bootstrap, topic, count):
    from kafka import KafkaConsumer, TopicPartition

    consumer = KafkaConsumer(bootstrap_servers=bootstrap, check_crcs=True)
    partitions = [
        TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]
    consumer.assign(partitions)
    consumer.seek_to_beginning()
    end = time.monotonic() + DEADLINE_S
    while count > 0 and time.monotonic() < end:
        for partition, messages in consumer.poll(timeout_ms=200).items():
            for message in messages:
                count -= 1
                yield partition.partition, message.value
    consumer.close()


def with_aiokafka(bootstrap, topic, count):
    from aiokafka import AIOKafkaConsumer, TopicPartition

    async def read():
        values = []
        consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, check_crcs=True)
        await consumer.start()
        try:
            numbers = consumer.partitions_for_topic(topic)
            consumer.unsubscribe()
            consumer.assign([TopicPartition(topic, number) for number in numbers])
            await consumer.seek_to_beginning()
            while len(values) < count:
                message = await asyncio.wait_for(consumer.getone(), DEADLINE_S)
                values.append((message.partition, message.value))
        finally:
            await consumer.stop()
        return values

    return asyncio.run(read())


def main():
    client, bootstrap, topic, count = sys.argv[1:]
    read = {
        "confluent": with_confluent, "kafka-python": with_kafka_python, "aiokafka": with_aiokafka,
    }[client]
    values = collections.defaultdict(list)
    for partition, value in read(bootstrap, topic, int(count)):
        values[partition].append(value.decode())
    print(json.dumps({str(number): own for number, own in sorted(values.items())}))


if __name__ == "__main__":
    main()
