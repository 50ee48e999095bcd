#!/usr/bin/env python3
"""Lets the members of a share group (KIP-932) come, go and be killed while records are written, and kills the broker.

    Scripts/rebalance-storm/share_storm.py [--members 50] [--partitions 10] [--seconds 60] [--rate 5000] [--kills 4] [WEIR]

Each member is a process with a ShareConsumer of confluent-kafka, every second one with explicit acknowledgement, which
also releases some. It writes down what it gets, what it is about to accept, and what the broker answers. Prints the
figures and exits with 1 where a record was never given to anybody, or is settled for the group though nobody sent
word of accepting it, or was given again or accepted again after the broker had told somebody that it was accepted.
Needs confluent-kafka 2.16 or later. WEIR is by default build/weir.
"""

import argparse
import collections
import os
import sys
import tempfile
import threading
import time

from confluent_kafka import AcknowledgeType, KafkaException, Producer, ShareConsumer
from confluent_kafka.admin import (
    AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewTopic, ResourceType,
)

from crowd import ROOT, Crowd, until_told, whole_lines
from broker import Broker  # crowd has put its folder into the path
from share_offsets import lags

GROUP, TOPIC = "storm", "storm-records"
# What members write down: given, about to be accepted, accepted by the broker's word, refused by it.
GIVEN, SENT, ACCEPTED, REFUSED = "gsar"
RELEASED_ONE_IN = 50


class Diary:
    """A line for each event: what, when on the machine's monotonic clock, partition, offset, deliveries so far."""

    def __init__(self, path):
        self.file = open(path, "w", encoding="ascii")

    def note(self, what, records):
        now = time.monotonic_ns()
        self.file.writelines(
            f"{what} {now} {partition} {offset} {count}\n" for partition, offset, count in records)
        self.file.flush()


def member(address, mode, path):
    """Takes records until it is told to leave, or killed."""
    is_over = until_told()
    diary = Diary(path)
    client = ShareConsumer({
        "bootstrap.servers": address, "group.id": GROUP, "share.acknowledgement.mode": mode,
        "reconnect.backoff.ms": 20, "reconnect.backoff.max.ms": 200, "log_level": 2,
    })
    # What was sent and not answered, with its count of deliveries. The broker's word of a refusal is without it.
    waiting = {}

    def answered(offsets, error):
        records = [(place.partition, offset) for place, each in offsets.items() for offset in each]
        known = [(*record, waiting.pop(record)) for record in records if record in waiting]
        diary.note(REFUSED if error else ACCEPTED, known)

    client.set_acknowledgement_commit_callback(answered)
    client.subscribe([TOPIC])
    while not is_over:
        messages = [message for message in client.poll(0.2) if not message.error()]
        if not messages:
            continue
        records = [(each.partition(), each.offset(), each.delivery_count()) for each in messages]
        diary.note(GIVEN, records)
        kept = []
        for message, record in zip(messages, records):
            if mode == "explicit":
                is_released = record[1] % RELEASED_ONE_IN == 0 and record[2] == 1
                client.acknowledge(
                    message, AcknowledgeType.RELEASE if is_released else AcknowledgeType.ACCEPT)
                if is_released:
                    continue
            kept.append(record)
        diary.note(SENT, kept)
        waiting.update({record[:2]: record[2] for record in kept})
        if mode == "explicit":
            try:
                client.commit_sync(10)
            except KafkaException:
                # The broker was killed, or the member's session has ended: others get the records.
                pass
    client.close()


def begin_at_the_start(admin):
    entries = {"share.auto.offset.reset": "earliest", "share.delivery.count.limit": "10"}
    resource = ConfigResource(ResourceType.GROUP, GROUP, incremental_configs=[
        ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET) for name, value in entries.items()])
    [future] = admin.incremental_alter_configs([resource]).values()
    future.result(30)


class Findings:
    """What the diaries say about each record."""

    def __init__(self, folder, ends):
        given, sent = collections.defaultdict(list), set()
        accepted = collections.defaultdict(list)
        self.refused_count = 0
        for line in whole_lines(folder):
            what, *numbers = line.split(" ")
            when, partition, offset, count = map(int, numbers)
            record = (partition, offset)
            if what == GIVEN:
                given[record].append((when, count))
            elif what == SENT:
                sent.add(record)
            elif what == ACCEPTED:
                accepted[record].append((when, count))
            else:
                self.refused_count += 1
        every = [(partition, offset) for partition, end in ends.items() for offset in range(end)]
        self.count = len(every)
        self.given_count = sum(map(len, given.values()))
        self.accepted_count = len(accepted)
        self.never_given = [record for record in every if record not in given]
        # Whether the broker took it is not known where the answer, or the member, was lost.
        self.unanswered = [record for record in every if record in sent and record not in accepted]
        self.without_word = [record for record in every if record in given and record not in sent]
        self.accepted_twice = [(record, times) for record, times in accepted.items() if len(times) > 1]
        # A client may hold what it was given before the broker was killed, and hand it out after another has accepted
        # it. That is no later delivery: its count is not higher, and the broker refuses to take it as accepted.
        self.given_again, self.held_count = [], 0
        for record, times in accepted.items():
            answer, count = min(times)
            for when, again in given[record]:
                if when > answer and again > count:
                    self.given_again.append((record, count, again))
                elif when > answer:
                    self.held_count += 1

    def print(self):
        print(f"{self.given_count} deliveries of {self.count} records; {self.accepted_count} accepted by the broker's "
              f"word, {len(self.unanswered)} without one; {self.refused_count} acknowledgements refused; "
              f"{self.held_count} held by a client while another accepted them")
        faults = {
            "never given": self.never_given, "settled, and nobody sent word": self.without_word,
            "accepted twice": self.accepted_twice, "given again after they were accepted": self.given_again,
        }
        print(", ".join(f"{len(records)} {what}" for what, records in faults.items()))
        for what, records in faults.items():
            if records:
                print(f"{what}:", records[:5])
        return any(faults.values())


class Killer(threading.Thread):
    """Kills the broker at even times and starts it again."""

    def __init__(self, broker, kills, seconds):
        super().__init__(daemon=True)
        self.broker, self.kills, self.pause_s = broker, kills, seconds / (kills + 1)
        self.is_done = False

    def run(self):
        for _ in range(self.kills):
            time.sleep(self.pause_s)
            self.broker.kill()
            self.broker.start()
        self.is_done = True


def drained(broker, partitions, seconds):
    """Waits until no record is left for the group; returns how long it took."""
    calm = time.monotonic()
    while True:
        left = lags(broker.port, GROUP, TOPIC, range(partitions))
        if not any(left.values()):
            return time.monotonic() - calm
        if time.monotonic() - calm > seconds:
            raise SystemExit(f"the group does not come to the end: {left} are left; {broker.errors()}")
        time.sleep(0.5)


def run(arguments, folder):
    settings = (
        "group.share.session.timeout.ms=6000", "group.share.min.session.timeout.ms=6000",
        "group.share.heartbeat.interval.ms=500", "group.share.min.heartbeat.interval.ms=500",
        "group.share.record.lock.duration.ms=15000", "group.share.max.size=1000",
        "group.share.max.share.sessions=2000",
    )
    with Broker(arguments.weir, folder, settings) as broker:
        admin = AdminClient({"bootstrap.servers": broker.address, "log_level": 2})
        [future] = admin.create_topics([NewTopic(TOPIC, arguments.partitions, 1)]).values()
        future.result(30)
        begin_at_the_start(admin)

        def command(number):
            mode = "explicit" if number % 2 else "implicit"
            path = os.path.join(folder, f"seen-{number}")
            return [sys.executable, __file__, "--be-member", broker.address, mode, path]

        crowd = Crowd(arguments.members, command)
        producer = Producer({"bootstrap.servers": broker.address, "linger.ms": 20, "enable.idempotence": True,
                             "log_level": 2})
        ends, failures = collections.Counter(), []

        def stored(error, message):
            if error:
                failures.append(error)
            else:
                ends[message.partition()] = max(ends[message.partition()], message.offset() + 1)

        crowd.fill()
        killer = Killer(broker, arguments.kills, arguments.seconds)
        killer.start()
        sent, began = 0, time.monotonic()
        while (elapsed := time.monotonic() - began) < arguments.seconds or not killer.is_done:
            while sent < elapsed * arguments.rate and len(producer) < 50_000:
                producer.produce(
                    TOPIC, value=str(sent), partition=sent % arguments.partitions, on_delivery=stored)
                sent += 1
            producer.poll(0.05)
            crowd.blow()
        assert producer.flush(60) == 0
        assert not failures, failures[0]
        crowd.fill()
        settled_s = drained(broker, arguments.partitions, 120)
        crowd.leave()
        print(f"{sent} records, {arguments.partitions} partitions, {arguments.members} members: {crowd}; the broker "
              f"killed {arguments.kills} times in {arguments.seconds:.0f} s; all settled {settled_s:.1f} s after the last")
        return 1 if Findings(folder, ends).print() else 0


def main():
    if sys.argv[1:2] == ["--be-member"]:
        return member(*sys.argv[2:])
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--members", type=int, default=50)
    parser.add_argument("--partitions", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=5000)
    parser.add_argument("--kills", type=int, default=4)
    parser.add_argument("weir", nargs="?", default=os.path.join(ROOT, "build/weir"))
    with tempfile.TemporaryDirectory() as folder:
        return run(parser.parse_args(), folder)


if __name__ == "__main__":
    sys.exit(main())
