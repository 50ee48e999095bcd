"""Writes to a topic of two partitions with another implementation's producer.

    write_values.py CLIENT BOOTSTRAP TOPIC

Writes 20 records in each codec to each partition, and prints for each partition its values as JSON. The client
`transactions` is confluent-kafka, which writes one codec, commits half of its transactions and aborts the others; its
values are the committed ones.
"""

import asyncio
import collections
import json
import sys

CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]
DEADLINE_S = 60


def plan():
    for codec in CODECS:
        for number in range(20):
            for partition in range(2):
                yield codec, partition, f"{codec}-{partition}-{number} " + "wort " * 20


def with_confluent(bootstrap, topic):
    from confluent_kafka import Producer

    for codec in CODECS:
        producer = Producer({
            "bootstrap.servers": bootstrap, "compression.type": codec, "linger.ms": 20})
        for own, partition, value in plan():
            if own == codec:
                producer.produce(topic, value.encode(), partition=partition)
        assert producer.flush(DEADLINE_S) == 0
    return plan()


def with_kafka_python(bootstrap, topic):
    from kafka import KafkaProducer

    for codec in CODECS:
        producer = KafkaProducer(
            bootstrap_servers=bootstrap, linger_ms=20,
            compression_type=None if codec == "none" else codec)
        sent = [
            producer.send(topic, value.encode(), partition=partition)
            for own, partition, value in plan() if own == codec]
        producer.flush(DEADLINE_S)
        for future in sent:
            future.get(DEADLINE_S)
        producer.close()
    return plan()


def with_aiokafka(bootstrap, topic):
    from aiokafka import AIOKafkaProducer

    async def write():
        for codec in CODECS:
            producer = AIOKafkaProducer(
                bootstrap_servers=bootstrap, linger_ms=20,
                compression_type=None if codec == "none" else codec)
            await producer.start()
            for own, partition, value in plan():
                if own == codec:
                    await producer.send(topic, value.encode(), partition=partition)
            await producer.stop()

    asyncio.run(write())
    return plan()


def in_transactions(bootstrap, topic):
    from confluent_kafka import Producer

    # Two producers whose transactions overlap.
    producers = [
        Producer({
            "bootstrap.servers": bootstrap, "transactional.id": f"teller-{number}",
            "linger.ms": 0})
        for number in range(2)]
    for producer in producers:
        producer.init_transactions(DEADLINE_S)
    written = []
    for round in range(6):
        for producer in producers:
            producer.begin_transaction()
        for place in range(4):
            for number, producer in enumerate(producers):
                for partition in range(2):
                    ends = "commit" if (round + number) % 2 == 0 else "abort"
                    value = f"{ends}-{round}-{number}-{place}"
                    producer.produce(topic, value.encode(), partition=partition)
                    producer.flush(DEADLINE_S)
                    if ends == "commit":
                        written.append(("none", partition, value))
        for number, producer in enumerate(producers):
            if (round + number) % 2 == 0:
                producer.commit_transaction(DEADLINE_S)
            else:
                producer.abort_transaction(DEADLINE_S)
    return written


def main():
    client, bootstrap, topic = sys.argv[1:]
    write = {
        "confluent": with_confluent, "kafka-python": with_kafka_python,
        "aiokafka": with_aiokafka, "transactions": in_transactions,
    }[client]
    values = collections.defaultdict(list)
    for _, partition, value in write(bootstrap, topic):
        values[partition].append(value)
    print(json.dumps({str(number): own for number, own in sorted(values.items())}))


if __name__ == "__main__":
    main()
