"""A member of a group, of another implementation.

    group_member.py CLIENT BOOTSTRAP GROUP TOPIC STRATEGY

Prints a line once it has partitions. When its standard input ends, it reads its partitions to their ends, leaves, and
prints the values that it got as JSON. The strategy `consumer:` and an assignor's name stands for the consumer protocol
(KIP-848), of which confluent-kafka has the client's side.
"""

import json
import sys
import threading
import time

DEADLINE_S = 60

is_over = threading.Event()


def wait_for_the_end():
    sys.stdin.read()
    is_over.set()


def with_confluent(bootstrap, group, topic, strategy):
    from confluent_kafka import Consumer

    if strategy.startswith("consumer:"):
        protocol = {"group.protocol": "consumer", "group.remote.assignor": strategy.removeprefix("consumer:")}
    else:
        protocol = {
            "partition.assignment.strategy": strategy, "session.timeout.ms": 6000, "heartbeat.interval.ms": 100}
    consumer = Consumer(protocol | {
        "bootstrap.servers": bootstrap, "group.id": group, "auto.offset.reset": "earliest",
        "enable.partition.eof": False, "topic.metadata.refresh.interval.ms": 1000})
    consumer.subscribe([topic])
    is_announced = False
    end = time.monotonic() + 3 * DEADLINE_S
    while time.monotonic() < end:
        message = consumer.poll(0.05)
        if not is_announced and consumer.assignment():
            is_announced = True
            print("joined", flush=True)
        if message is not None and not message.error():
            yield message.value()
        elif is_over.is_set():
            assigned = consumer.assignment()
            places = consumer.position(assigned)
            ends = [consumer.get_watermark_offsets(one, 10, False)[1] for one in assigned]
            is_read = [place.offset >= last or last == 0 for place, last in zip(places, ends)]
            if is_read and all(is_read):
                break
    consumer.close()


def with_kafka_python(bootstrap, group, topic, strategy):
    from kafka import KafkaConsumer
    from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
    from kafka.coordinator.assignors.range import RangePartitionAssignor
    from kafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
    from kafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor

    assignor = {
        "range": RangePartitionAssignor, "roundrobin": RoundRobinPartitionAssignor,
        "sticky": StickyPartitionAssignor, "cooperative-sticky": CooperativeStickyAssignor,
    }[strategy]
    consumer = KafkaConsumer(
        topic, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest",
        partition_assignment_strategy=[assignor], session_timeout_ms=6000,
        heartbeat_interval_ms=100, metadata_max_age_ms=1000)
    # kafka-python 3.0.12 drops an assignment where the leader joins because of new metadata, and a poll times out
    # before SyncGroup is answered: its need_rejoin(), unlike Java's rejoinNeededOrPending(), does not ask whether a
    # join is in flight, so no later poll takes the answer. With the topic's partitions known first, no join is due to
    # metadata.
    consumer.partitions_for_topic(topic)
    is_announced = False
    end = time.monotonic() + 3 * DEADLINE_S
    while time.monotonic() < end:
        batches = consumer.poll(timeout_ms=50)
        if consumer.assignment() and not is_announced:
            is_announced = True
            print("joined", flush=True)
        for messages in batches.values():
            for message in messages:
                yield message.value
        if not batches and is_over.is_set():
            assigned = list(consumer.assignment())
            ends = consumer.end_offsets(assigned)
            if assigned and all(consumer.position(one) >= ends[one] for one in assigned):
                break
    consumer.close()


def main():
    client, bootstrap, group, topic, strategy = sys.argv[1:]
    threading.Thread(target=wait_for_the_end, daemon=True).start()
    read = {"confluent": with_confluent, "kafka-python": with_kafka_python}[client]
    values = [value.decode() for value in read(bootstrap, group, topic, strategy)]
    print(json.dumps(values))


if __name__ == "__main__":
    main()
