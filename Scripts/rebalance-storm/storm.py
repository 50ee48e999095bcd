#!/usr/bin/env python3
"""Lets the members of one group of the consumer protocol (KIP-848) come, go and be killed while records are written.

    Scripts/rebalance-storm/storm.py [--members 50] [--partitions 100] [--seconds 60] [--rate 5000]
                                     [--pattern] [--mixed] [WEIR]

Each member is a process with a consumer of confluent-kafka: it writes down what it reads and then commits it. A record
that was committed and not written down, or never read, is missing. Prints the figures and exits with 1 if there is
one. Needs confluent-kafka 2.10 or later. WEIR is by default build/weir.
"""

import argparse
import collections
import os
import sys
import tempfile
import time

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from crowd import ROOT, Crowd, until_told, whole_lines
from broker import Broker  # crowd has put its folder into the path

GROUP, TOPIC = "storm", "storm-records"


def member(address, subscription, path, *classic):
    """Reads until it is told to leave, or killed."""
    is_over = until_told()
    protocol = {"group.protocol": "consumer"}
    if classic:
        protocol = {
            "partition.assignment.strategy": classic[0], "session.timeout.ms": 6000, "heartbeat.interval.ms": 500,
        }
    client = Consumer({
        "bootstrap.servers": address, "group.id": GROUP, "auto.offset.reset": "earliest", "enable.auto.commit": False,
    } | protocol)
    client.subscribe([subscription])
    is_behind = False
    with open(path, "w", encoding="ascii") as seen:
        while not is_over:
            messages = client.consume(500, timeout=0.2)
            lines = [message.value().decode() for message in messages if not message.error()]
            if lines:
                seen.write("\n".join(lines) + "\n")
                seen.flush()
                is_behind = True
            if not is_behind:
                continue
            try:
                client.commit(asynchronous=False)
                is_behind = False
            except KafkaException as error:
                # While the group rebalances the member's epoch may just have changed: it tries again, for the
                # partitions that it still has.
                is_behind = error.args[0].code() != KafkaError._NO_OFFSET
    client.close()


def committed(address, partitions):
    """The committed offset of each partition."""
    client = Consumer({"bootstrap.servers": address, "group.id": GROUP})
    asked = [TopicPartition(TOPIC, partition) for partition in range(partitions)]
    found = client.committed(asked, timeout=30)
    client.close()
    return {partition.partition: max(partition.offset, 0) for partition in found}


def explain(admin, offsets, sent):
    """Who has the partitions that are not read to their ends."""
    count = len(offsets)
    behind = {number for number, offset in offsets.items() if offset < len(range(number, sent, count))}
    [future] = admin.describe_consumer_groups([GROUP]).values()
    group = future.result(30)
    print(f"{len(behind)} partitions are behind; the group is {group.state.name}, {len(group.members)} members")
    owners = collections.Counter()
    for each in group.members:
        has = {part.partition for part in each.assignment.topic_partitions}
        owners.update(has)
        if has & behind or not has:
            wants = {part.partition for part in each.target_assignment.topic_partitions}
            print(f"  {each.member_id} has {sorted(has)}, is to have {sorted(wants)}, behind {sorted(has & behind)}")
    print("  without an owner:", sorted(behind - set(owners)))


def run(arguments, folder):
    settings = (
        "group.consumer.session.timeout.ms=6000", "group.consumer.min.session.timeout.ms=6000",
        "group.consumer.heartbeat.interval.ms=500", "group.consumer.min.heartbeat.interval.ms=500",
        "group.initial.rebalance.delay.ms=0",
    )
    with Broker(arguments.weir, folder, settings) as broker:
        admin = AdminClient({"bootstrap.servers": broker.address})
        topic = NewTopic(TOPIC, arguments.partitions, 1)
        [future] = admin.create_topics([topic]).values()
        future.result(30)
        subscription = f"^{TOPIC[:5]}.*" if arguments.pattern else TOPIC

        def command(number):
            classic = ["cooperative-sticky"] if arguments.mixed and number % 2 else []
            path = os.path.join(folder, f"seen-{number}")
            return [sys.executable, __file__, "--be-member", broker.address, subscription, path, *classic]

        crowd = Crowd(arguments.members, command)
        producer = Producer({"bootstrap.servers": broker.address, "linger.ms": 20})
        sent = 0
        crowd.fill()
        began = time.monotonic()
        while (elapsed := time.monotonic() - began) < arguments.seconds:
            while sent < elapsed * arguments.rate:
                producer.produce(TOPIC, value=str(sent), partition=sent % arguments.partitions)
                sent += 1
            producer.poll(0.05)
            crowd.blow()
        assert producer.flush(60) == 0
        crowd.fill()
        calm = time.monotonic()
        while sum((offsets := committed(broker.address, arguments.partitions)).values()) < sent:
            if time.monotonic() - calm > 120:
                explain(admin, offsets, sent)
                raise SystemExit("the group does not come to the end")
            time.sleep(0.5)
        caught_up_s = time.monotonic() - calm
        crowd.leave()
        seen = collections.Counter(whole_lines(folder))
        missing = [number for number in range(sent) if str(number) not in seen]
        twice = sum(seen.values()) - len(seen)
        print(f"{sent} records, {arguments.partitions} partitions, {arguments.members} members: "
              f"{crowd} in {arguments.seconds} s; all committed {caught_up_s:.1f} s after the last")
        print(f"{len(missing)} missing, {twice} read more than once")
        if missing:
            print("the first missing:", missing[:10])
        return 1 if missing else 0


def main():
    if sys.argv[1:2] == ["--be-member"]:
        return member(*sys.argv[2:])
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--members", type=int, default=50)
    parser.add_argument("--partitions", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=5000)
    parser.add_argument("--pattern", action="store_true", help="subscribe by a regular expression")
    parser.add_argument("--mixed", action="store_true", help="every second member is of the classic protocol")
    parser.add_argument("weir", nargs="?", default=os.path.join(ROOT, "build/weir"))
    with tempfile.TemporaryDirectory() as folder:
        return run(parser.parse_args(), folder)


if __name__ == "__main__":
    sys.exit(main())
