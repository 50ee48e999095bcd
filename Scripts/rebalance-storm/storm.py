#!/usr/bin/env python3
"""Lets the members of one group of the consumer protocol (KIP-848) come, go and be killed while records are written.

    Scripts/rebalance-storm/storm.py [--members 50] [--partitions 100] [--seconds 60] [--rate 5000]
                                     [--pattern] [--mixed] [WEIR]

Each member is a process with a consumer of confluent-kafka: it writes down what it reads and then commits it. A record
that was committed and not written down, or never read, is missing. Prints the figures and exits with 1 if there is
one. Needs confluent-kafka 2.10 or later. WEIR is by default build/weir.
"""

import argparse
import atexit
import collections
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "Tests/weirTests/Clients"))

from broker import Broker  # noqa: E402

GROUP, TOPIC = "storm", "storm-records"


def member(address, subscription, path, *classic):
    """Reads until it is told to leave, or killed."""
    is_over = []
    signal.signal(signal.SIGTERM, lambda *_: is_over.append(True))
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


class Storm:
    def __init__(self, arguments, folder, broker):
        self.arguments, self.folder, self.broker = arguments, folder, broker
        self.members = {}
        self.counts = collections.Counter()
        atexit.register(self.kill)

    def kill(self):
        """No member outlives the script."""
        for process in self.members.values():
            process.kill()

    def start_member(self):
        number = self.counts["started"]
        self.counts["started"] += 1
        subscription = f"^{TOPIC[:5]}.*" if self.arguments.pattern else TOPIC
        path = os.path.join(self.folder, f"seen-{number}")
        classic = ["cooperative-sticky"] if self.arguments.mixed and number % 2 else []
        self.members[number] = subprocess.Popen(
            [sys.executable, __file__, "--be-member", self.broker.address, subscription, path, *classic])

    def take_member(self):
        return self.members.pop(random.choice(list(self.members)))

    def blow(self):
        """Something happens to a member or two."""
        dice = random.random()
        if dice < 0.25 and len(self.members) > self.arguments.members // 2:
            process = self.take_member()
            process.kill()
            process.wait()
            self.counts["killed"] += 1
        elif dice < 0.5 and len(self.members) > self.arguments.members // 2:
            process = self.take_member()
            process.terminate()
            process.wait()
            self.counts["left"] += 1
        elif len(self.members) < self.arguments.members:
            self.start_member()

    def seen(self):
        found = collections.Counter()
        for name in os.listdir(self.folder):
            if name.startswith("seen-"):
                with open(os.path.join(self.folder, name), encoding="ascii") as file:
                    # The last line of a member that was killed may be cut short.
                    found.update(line[:-1] for line in file if line.endswith("\n"))
        return found


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
        "group.consumer.session.timeout.ms=6000", "group.consumer.heartbeat.interval.ms=500",
        "group.initial.rebalance.delay.ms=0",
    )
    with Broker(arguments.weir, folder, settings) as broker:
        admin = AdminClient({"bootstrap.servers": broker.address})
        topic = NewTopic(TOPIC, arguments.partitions, 1)
        [future] = admin.create_topics([topic]).values()
        future.result(30)
        storm = Storm(arguments, folder, broker)
        producer = Producer({"bootstrap.servers": broker.address, "linger.ms": 20})
        sent = 0
        for _ in range(arguments.members):
            storm.start_member()
        began = time.monotonic()
        while (elapsed := time.monotonic() - began) < arguments.seconds:
            while sent < elapsed * arguments.rate:
                producer.produce(TOPIC, value=str(sent), partition=sent % arguments.partitions)
                sent += 1
            producer.poll(0.05)
            storm.blow()
        assert producer.flush(60) == 0
        while len(storm.members) < arguments.members:
            storm.start_member()
        calm = time.monotonic()
        while sum((offsets := committed(broker.address, arguments.partitions)).values()) < sent:
            if time.monotonic() - calm > 120:
                explain(admin, offsets, sent)
                raise SystemExit("the group does not come to the end")
            time.sleep(0.5)
        caught_up_s = time.monotonic() - calm
        for process in storm.members.values():
            process.terminate()
        for process in storm.members.values():
            process.wait(60)
        seen = storm.seen()
        missing = [number for number in range(sent) if str(number) not in seen]
        twice = sum(seen.values()) - len(seen)
        print(f"{sent} records, {arguments.partitions} partitions, {arguments.members} members: "
              f"{storm.counts['started']} started, {storm.counts['killed']} killed, "
              f"{storm.counts['left']} left in {arguments.seconds} s; "
              f"all committed {caught_up_s:.1f} s after the last")
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
