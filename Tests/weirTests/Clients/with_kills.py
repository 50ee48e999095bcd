"""A broker that is killed again and again under load, with everything acknowledged durable."""

import os
import random
import threading
import time

from confluent_kafka import KafkaException, TopicPartition

from broker import DEADLINE_S, wait_until
from run_case import with_settings
from with_confluent import consumer, create, producer, read_all

KILLS = int(os.environ.get("WEIR_TEST_KILLS", "100"))
RECONNECT = dict(
    reconnect_backoff_ms=5, reconnect_backoff_max_ms=20, retry_backoff_ms=5, socket_timeout_ms=5000)


def kill_repeatedly(broker, seed, kills, workers, progress):
    """Kills and restarts the broker while the workers run, each time in the middle of something: some
    while after `progress`, a count, has risen again. Whatever fails in a worker fails the case."""
    print(f"seed {seed}")
    chance = random.Random(seed)
    done = threading.Event()
    failures = []

    def guarded(worker):
        try:
            worker(done)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for _ in range(kills):
        before = progress()
        wait_until("the workers get on", lambda: progress() > before or failures)
        if failures:
            break
        time.sleep(chance.uniform(0, 0.15))
        broker.kill()
        broker.start()
    done.set()
    for thread in threads:
        thread.join(2 * DEADLINE_S)
        assert not thread.is_alive(), "a worker does not end"
    if failures:
        raise failures[0]


def seed():
    return int(os.environ.get("WEIR_TEST_SEED", time.time_ns() % 1_000_000))


@with_settings("log.flush.interval.messages=1")
def every_acknowledged_record_is_there_once(broker):
    create(broker, "durable", 3)
    acknowledged = []
    sent = [0]

    def produce(done):
        client = producer(
            broker, enable_idempotence=True, linger_ms=1, batch_num_messages=20, **RECONNECT)

        def on_delivery(error, message):
            assert error is None, error
            acknowledged.append((message.partition(), message.offset(), message.value()))

        while not done.is_set():
            client.produce(
                "durable", value=b"%d" % sent[0], partition=sent[0] % 3, on_delivery=on_delivery)
            sent[0] += 1
            client.poll(0.001)
        assert client.flush(DEADLINE_S) == 0

    committed = [0]

    def commit(done):
        """Positions of a group never go back, whatever happens to the broker."""
        client = consumer(broker, "committers", **RECONNECT)
        while not done.is_set():
            asked = committed[0] + 1
            try:
                client.commit(
                    offsets=[TopicPartition("durable", 0, asked)], asynchronous=False)
                committed[0] = asked
                [found] = client.committed([TopicPartition("durable", 0)], timeout=5)
                assert found.offset == committed[0], (found.offset, committed[0])
            except KafkaException:
                # It may have come through or not: what counts is that no acknowledged one is lost.
                pass
        client.close()

    kill_repeatedly(broker, seed(), KILLS, [produce, commit], lambda: len(acknowledged))
    found = read_all(broker, "durable", 3)
    values = [message.value() for message in found]
    assert len(values) == len(set(values)), "records are there twice"
    there = {(m.partition(), m.offset()): m.value() for m in found}
    for partition, offset, value in acknowledged:
        assert there.get((partition, offset)) == value, (partition, offset, value)
    assert len(acknowledged) == sent[0] == len(values), (len(acknowledged), sent[0], len(values))
    for partition in range(3):
        numbers = [int(m.value()) for m in found if m.partition() == partition]
        assert numbers == sorted(numbers), f"partition {partition} is out of order"
    client = consumer(broker, "committers")
    [position] = client.committed([TopicPartition("durable", 0)], timeout=DEADLINE_S)
    assert position.offset >= committed[0] > 0, (position.offset, committed[0])
    client.close()
    print(f"{len(values)} records, {committed[0]} commits, {KILLS} kills")


@with_settings("log.flush.interval.messages=1")
def transactions_are_all_or_nothing(broker):
    create(broker, "left", 1)
    create(broker, "right", 1)
    committed, aborted, unknown = [], [], []

    def transact(done):
        client = fresh()
        number = 0
        while not done.is_set():
            number += 1
            try:
                client.begin_transaction()
                for topic in ("left", "right"):
                    client.produce(topic, value=b"%d" % number)
                client.flush(DEADLINE_S)
                if number % 4 == 0:
                    finish(client.abort_transaction)
                    aborted.append(number)
                else:
                    finish(client.commit_transaction)
                    committed.append(number)
            except KafkaException as error:
                if error.args[0].txn_requires_abort():
                    finish(client.abort_transaction)
                    aborted.append(number)
                else:
                    unknown.append(number)
                    client = fresh()

    def fresh():
        client = producer(broker, transactional_id="both", **RECONNECT)
        finish(client.init_transactions)
        return client

    def finish(step):
        end = time.monotonic() + DEADLINE_S
        while True:
            try:
                return step(10)
            except KafkaException as error:
                assert time.monotonic() < end, error
                if not error.args[0].retriable():
                    raise

    kill_repeatedly(broker, seed(), KILLS, [transact], lambda: len(committed) + len(aborted))
    sides = [
        [int(m.value()) for m in read_all(broker, topic, isolation_level="read_committed")]
        for topic in ("left", "right")]
    assert sides[0] == sides[1], "a transaction is there by half"
    assert sides[0] == sorted(set(sides[0])), "a transaction is there twice, or out of order"
    missing = set(committed) - set(sides[0])
    assert not missing, f"committed and gone: {missing}"
    assert not set(aborted) & set(sides[0]), "aborted and there"
    print(f"{len(committed)} committed, {len(aborted)} aborted, {len(unknown)} unknown, "
          f"{KILLS} kills")
