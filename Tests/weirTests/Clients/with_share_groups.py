"""Share groups (KIP-932) through confluent-kafka's ShareConsumer, which is librdkafka."""

import collections
import threading

from confluent_kafka import AcknowledgeType, KafkaException, ShareConsumer
from confluent_kafka.admin import AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from broker import DEADLINE_S, wait_until
from run_case import with_settings
from with_confluent import admin, create, producer

GROUP = "sharers"
KILLS = 3


def sharer(broker, mode="implicit"):
    consumer = ShareConsumer({
        "bootstrap.servers": broker.address, "group.id": GROUP,
        "share.acknowledgement.mode": mode,
        "reconnect.backoff.ms": 5, "reconnect.backoff.max.ms": 50,
    })
    consumer.subscribe(["t"])
    return consumer


def begin(broker, count, partitions=1, **settings):
    """A topic with numbered records, from whose beginning the group reads."""
    create(broker, "t", partitions)
    settings = {"share.auto.offset.reset": "earliest"} | settings
    resource = ConfigResource(
        ResourceType.GROUP, GROUP, incremental_configs=[
            ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
            for name, value in settings.items()
        ])
    client = admin(broker)
    [future] = client.incremental_alter_configs([resource]).values()
    future.result(DEADLINE_S)
    send(broker, range(count), partitions)


def send(broker, numbers, partitions=1):
    client = producer(broker, linger_ms=5, batch_num_messages=10)
    for number in numbers:
        client.produce("t", value=b"%d" % number, partition=number % partitions)
    assert client.flush(DEADLINE_S) == 0


def polled(consumer):
    """Messages without errors; those that the broker is to blame for would be errors."""
    messages = consumer.poll(0.2)
    assert not any(message.error() for message in messages), [m.error() for m in messages]
    return messages


def two_members_share_one_partition(broker):
    begin(broker, 2000)
    consumers = [sharer(broker), sharer(broker)]
    taken = [collections.Counter(), collections.Counter()]

    def all_taken():
        for consumer, counts in zip(consumers, taken):
            counts.update(int(message.value()) for message in polled(consumer))
        return len(taken[0] | taken[1]) == 2000

    wait_until("all records came", all_taken)
    # Each once, and not all to one member.
    assert max((taken[0] + taken[1]).values()) == 1, (taken[0] + taken[1]).most_common(3)
    assert all(taken), [len(counts) for counts in taken]
    # What came last is acknowledged by the next poll.
    for consumer in consumers:
        assert not polled(consumer)
        results = consumer.commit_sync(DEADLINE_S)
        assert not any(results.values()), results
        consumer.close()
    late = sharer(broker)
    send(broker, [2000])
    left = []
    wait_until("the rest came", lambda: left.extend(polled(late)) or left)
    numbers = [int(message.value()) for message in left]
    assert numbers == [2000], numbers[:10]
    late.close()


def released_records_come_again_with_their_count(broker):
    begin(broker, 100)
    first, second = sharer(broker, "explicit"), sharer(broker, "explicit")
    deliveries = collections.defaultdict(list)
    accepted = set()

    def take(consumer):
        messages = polled(consumer)
        for message in messages:
            number = int(message.value())
            deliveries[number].append(message.delivery_count())
            if number % 10 == 0 and len(deliveries[number]) == 1:
                consumer.acknowledge(message, AcknowledgeType.RELEASE)
            elif number % 10 == 1:
                consumer.acknowledge(message, AcknowledgeType.REJECT)
            else:
                consumer.acknowledge(message, AcknowledgeType.ACCEPT)
                accepted.add(number)
        if messages:
            results = consumer.commit_sync(DEADLINE_S)
            assert not any(results.values()), results
        return messages

    def all_accepted():
        take(first)
        take(second)
        return len(accepted) == 90

    wait_until("all but the rejected records are accepted", all_accepted)
    assert all(counts == ([1, 2] if number % 10 == 0 else [1])
               for number, counts in deliveries.items()), dict(deliveries)
    first.close()
    second.close()


@with_settings("group.share.record.lock.duration.ms=1000", "group.share.min.record.lock.duration.ms=1000")
def a_lock_that_ends_lets_others_have_the_records(broker):
    begin(broker, 10)
    keeper, other = sharer(broker, "explicit"), sharer(broker, "explicit")
    kept = []
    wait_until("one has the records", lambda: kept.extend(polled(keeper)) or len(kept) == 10)
    again = []

    def come_again():
        for message in polled(other):
            again.append((int(message.value()), message.delivery_count()))
            other.acknowledge(message, AcknowledgeType.ACCEPT)
        return len(again) == 10

    wait_until("another gets them", come_again)
    assert sorted(again) == [(number, 2) for number in range(10)], again
    keeper.close()
    other.close()


def a_member_that_closes_gives_back_what_it_has(broker):
    begin(broker, 10)
    leaver = sharer(broker, "explicit")
    had = []
    wait_until("it has the records", lambda: had.extend(polled(leaver)) or len(had) == 10)
    leaver.acknowledge(had[0], AcknowledgeType.ACCEPT)
    leaver.close()
    heir = sharer(broker)
    came = []
    wait_until("another gets them", lambda: came.extend(polled(heir)) or len(came) >= 9)
    assert sorted(int(message.value()) for message in came) == list(range(1, 10)), len(came)
    heir.close()


def nothing_is_lost_or_comes_again_over_kills(broker):
    """Records that were acknowledged, and whose acknowledgement was answered, never come again."""
    begin(broker, 0, partitions=3)
    sent, delivered, settled, again = [0], set(), set(), []
    done = threading.Event()
    failures = []

    def consume():
        try:
            consumer = sharer(broker, "explicit")
            while not done.is_set():
                taken = {}
                for message in consumer.poll(0.2):
                    if message.error():
                        continue
                    number = int(message.value())
                    if number in settled:
                        again.append(number)
                    delivered.add(number)
                    taken.setdefault(message.partition(), set()).add(number)
                    consumer.acknowledge(message, AcknowledgeType.ACCEPT)
                if not taken:
                    continue
                try:
                    results = consumer.commit_sync(5)
                except KafkaException:
                    continue
                for place, error in results.items():
                    if error is None:
                        settled.update(taken.get(place.partition, ()))
            consumer.close()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=consume) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(KILLS):
        before = len(settled)
        send(broker, range(sent[0], sent[0] + 300), partitions=3)
        sent[0] += 300
        wait_until("some are settled", lambda: len(settled) > before or failures)
        broker.kill()
        broker.start()
    # The answer to an acknowledgement may be lost, but no record.
    wait_until("all are delivered", lambda: len(delivered) == sent[0] or failures)
    done.set()
    for thread in threads:
        thread.join(2 * DEADLINE_S)
        assert not thread.is_alive(), "a consumer does not end"
    if failures:
        raise failures[0]
    assert not again, f"came again: {again[:10]}"
    print(f"{sent[0]} records, {len(settled)} settled, {KILLS} kills")
