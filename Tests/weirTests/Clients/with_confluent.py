"""confluent-kafka, which is librdkafka, against Weir's broker."""

import logging
import os
import re
import subprocess
import sys
import threading
import time
import uuid

from confluent_kafka import (
    Consumer, ConsumerGroupTopicPartitions, KafkaError, KafkaException, Producer, TopicPartition,
    OFFSET_BEGINNING, OFFSET_END,
)
from confluent_kafka.admin import (
    AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewPartitions, NewTopic,
    ResourceType,
)

from broker import Broker, DEADLINE_S, free_port, wait_until
from cutting_proxy import CuttingProxy
from records import CODECS, awkward_records, large_record, numbered
from run_case import with_settings

FAST_HEARTBEATS = (
    "group.consumer.heartbeat.interval.ms=200", "group.consumer.min.heartbeat.interval.ms=200",
)


def producer(broker, **settings):
    return Producer({"bootstrap.servers": broker.address} | dotted(settings))


def consumer(broker, group=None, **settings):
    defaults = {
        "bootstrap.servers": broker.address,
        "group.id": group or str(uuid.uuid4()),
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
        "session.timeout.ms": 6000,
        "heartbeat.interval.ms": 500,
        "enable.partition.eof": True,
    }
    return Consumer(defaults | dotted(settings))


def dotted(settings):
    return {name.replace("_", "."): value for name, value in settings.items()}


def admin(broker):
    return AdminClient({"bootstrap.servers": broker.address})


def create(broker, topic, partitions=1, **config):
    # Kept while the answer is waited for: without a client there is none.
    client = admin(broker)
    [future] = client.create_topics([NewTopic(topic, partitions, 1, config=dotted(config))]).values()
    future.result(DEADLINE_S)


def send(client, topic, values, **fields):
    """Sends the values and returns the messages as they were acknowledged."""
    done = []

    def acknowledged(error, message):
        assert error is None, error
        done.append(message)

    for value in values:
        while True:
            try:
                client.produce(topic, value=value, on_delivery=acknowledged, **fields)
                break
            except BufferError:
                client.poll(0.1)
    assert client.flush(DEADLINE_S) == 0
    assert len(done) == len(values)
    return done


def read(client, count, deadline_s=DEADLINE_S):
    """The next `count` messages, whatever partition they come from."""
    messages = []
    end = time.monotonic() + deadline_s
    while len(messages) < count:
        assert time.monotonic() < end, f"{len(messages)} of {count} messages came"
        for message in client.consume(count - len(messages), timeout=0.2):
            if message.error() is None:
                messages.append(message)
            else:
                assert message.error().code() == KafkaError._PARTITION_EOF, message.error()
    return messages


def read_all(broker, topic, partitions=1, **settings):
    """Everything up to the end of each partition, in the order of partitions and offsets."""
    client = consumer(broker, **settings)
    client.assign([TopicPartition(topic, p, OFFSET_BEGINNING) for p in range(partitions)])
    messages, ended = [], set()
    end = time.monotonic() + DEADLINE_S
    while len(ended) < partitions:
        assert time.monotonic() < end, f"partitions {ended} of {partitions} ended"
        message = client.poll(0.2)
        if message is None:
            continue
        if message.error() is None:
            messages.append(message)
            continue
        assert message.error().code() == KafkaError._PARTITION_EOF, message.error()
        ended.add(message.partition())
    client.close()
    return sorted(messages, key=lambda message: (message.partition(), message.offset()))


def every_codec(broker):
    for codec in CODECS:
        create(broker, codec)
        client = producer(broker, compression_type=codec, linger_ms=50)
        values = numbered(1000, codec * 20)
        send(client, codec, values)
        assert [message.value() for message in read_all(broker, codec)] == values, codec


def awkward_keys_values_and_headers(broker):
    create(broker, "awkward")
    client = producer(broker, linger_ms=20)
    for key, value, headers in awkward_records():
        client.produce("awkward", key=key, value=value, headers=headers)
    assert client.flush(DEADLINE_S) == 0
    found = [(m.key(), m.value(), m.headers() or []) for m in read_all(broker, "awkward")]
    # librdkafka does not tell a null key from an empty one when it produces.
    assert [(k or None, v, h) for k, v, h in found] == [
        (k or None, v, h) for k, v, h in awkward_records()], found


def a_megabyte(broker):
    values = [large_record(seed) for seed in range(8)]
    create(broker, "large", max_message_bytes="1100000")
    for codec in CODECS:
        send(producer(broker, compression_type=codec, message_max_bytes=1_100_000), "large", values)
    found = [message.value() for message in read_all(broker, "large")]
    assert found == values * len(CODECS)


def too_large_is_refused(broker):
    create(broker, "small", max_message_bytes="1000")
    errors = []
    client = producer(broker, message_max_bytes=1_000_000)
    client.produce("small", value=bytes(2000), on_delivery=lambda error, _: errors.append(error))
    client.flush(DEADLINE_S)
    assert errors[0].code() == KafkaError.MSG_SIZE_TOO_LARGE, errors


def timestamps_and_offsets_for_times(broker):
    create(broker, "times")
    client = producer(broker)
    base = 1_700_000_000_000
    for number in range(100):
        client.produce("times", value=b"t", timestamp=base + 10 * number)
    assert client.flush(DEADLINE_S) == 0
    reader = consumer(broker)
    for asked, expected in [(base, 0), (base + 15, 2), (base + 990, 99), (base + 991, OFFSET_END)]:
        [answer] = reader.offsets_for_times([TopicPartition("times", 0, asked)], DEADLINE_S)
        assert answer.offset == expected, (asked, answer)
    assert [message.timestamp()[1] for message in read_all(broker, "times")] == [
        base + 10 * number for number in range(100)]
    create(broker, "appended", message_timestamp_type="LogAppendTime")
    before = time.time() * 1000 - 1000
    send(producer(broker), "appended", [b"x"], timestamp=base)
    [message] = read_all(broker, "appended")
    assert message.timestamp()[0] == 2 and message.timestamp()[1] >= before, message.timestamp()
    reader.close()


def seek_and_replay(broker):
    create(broker, "replayed")
    values = numbered(500)
    send(producer(broker), "replayed", values)
    client = consumer(broker)
    client.assign([TopicPartition("replayed", 0, OFFSET_BEGINNING)])
    assert [m.value() for m in read(client, 500)] == values
    client.seek(TopicPartition("replayed", 0, 123))
    assert [m.value() for m in read(client, 100)] == values[123:223]
    client.seek(TopicPartition("replayed", 0, 0))
    assert [m.value() for m in read(client, 500)] == values
    assert client.get_watermark_offsets(TopicPartition("replayed", 0), DEADLINE_S) == (0, 500)
    client.close()


def a_group_goes_on_where_it_stopped(broker):
    create(broker, "orders", 3)
    values = numbered(900)
    client = producer(broker)
    for number, value in enumerate(values):
        client.produce("orders", value=value, partition=number % 3)
    assert client.flush(DEADLINE_S) == 0
    first = consumer(broker, "notification-group")
    first.subscribe(["orders"])
    seen = [message.value() for message in read(first, 400)]
    first.commit(asynchronous=False)
    first.close()
    broker.kill()
    broker.start()
    second = consumer(broker, "notification-group")
    second.subscribe(["orders"])
    seen += [message.value() for message in read(second, 500)]
    second.close()
    assert sorted(seen) == sorted(values)
    other = consumer(broker, "analytics-group")
    other.subscribe(["orders"])
    assert sorted(m.value() for m in read(other, 900)) == sorted(values)
    other.close()


def a_killed_member_is_replaced(broker):
    create(broker, "shared", 6)
    members = [consumer(broker, "of-three") for _ in range(2)]
    for member in members:
        member.subscribe(["shared"])
    script = os.path.join(os.path.dirname(__file__), "member.py")
    third = subprocess.Popen([sys.executable, script, broker.address, "of-three", "shared"])
    try:
        spread(members, 6, share=2)
    finally:
        third.kill()
        third.wait(DEADLINE_S)
    spread(members, 6)
    members.append(consumer(broker, "of-three"))
    members[-1].subscribe(["shared"])
    spread(members, 6)
    for member in members:
        member.close()


def spread(members, partitions, share=None):
    """Polls until the members have `share` partitions each, by default all of them evenly."""
    share = share or partitions // len(members)

    def is_even():
        for member in members:
            member.poll(0.05)
        return [len(member.assignment()) for member in members] == [share] * len(members)

    wait_until("the partitions are spread evenly", is_even)


def cooperative_rebalance_keeps_what_stays(broker):
    create(broker, "sticky", 4)
    settings = dict(partition_assignment_strategy="cooperative-sticky")
    first = consumer(broker, "cooperative", **settings)
    lost = []
    first.subscribe(["sticky"], on_revoke=lambda _, gone: lost.extend(gone))
    spread([first], 4)
    second = consumer(broker, "cooperative", **settings)
    second.subscribe(["sticky"])
    spread([first, second], 4)
    assert len(lost) == 2, lost
    first.close()
    spread([second], 4)
    second.close()


def group_type(broker, group):
    # Kept while the answer is waited for.
    client = admin(broker)
    listed = client.list_consumer_groups().result(DEADLINE_S)
    [found] = [each for each in listed.valid if each.group_id == group]
    return found.type.name


def of_the_consumer_protocol(broker, group, **settings):
    """A member of a group whose partitions the broker assigns (KIP-848)."""
    return Consumer({
        "bootstrap.servers": broker.address, "group.id": group, "group.protocol": "consumer",
        "auto.offset.reset": "earliest", "enable.auto.commit": False,
    } | dotted(settings))


@with_settings(*FAST_HEARTBEATS)
def the_consumer_protocol_spreads_and_resumes(broker):
    create(broker, "assigned", 6)
    values = numbered(600)
    client = producer(broker)
    for number, value in enumerate(values):
        client.produce("assigned", value=value, partition=number % 6)
    assert client.flush(DEADLINE_S) == 0
    first = of_the_consumer_protocol(broker, "of-two")
    first.subscribe(["assigned"])
    seen = [message.value() for message in read(first, 250)]
    first.commit(asynchronous=False)
    second = of_the_consumer_protocol(broker, "of-two", group_remote_assignor="uniform")
    second.subscribe(["assigned"])
    messages = []

    def is_spread():
        for member in (first, second):
            message = member.poll(0.05)
            if message is not None and message.error() is None:
                messages.append(message.value())
        return [len(member.assignment()) for member in (first, second)] == [3, 3]

    wait_until("the partitions are spread evenly", is_spread)
    assert group_type(broker, "of-two") == "CONSUMER"
    for member in (first, second):
        member.close()
    # Whoever comes next goes on where the group has committed.
    third = of_the_consumer_protocol(broker, "of-two")
    third.subscribe(["assigned"])
    rest = [message.value() for message in read(third, 350)]
    assert sorted(seen + rest) == sorted(values)
    third.commit(asynchronous=False)
    broker.kill()
    broker.start()
    wait_until("the member has its partitions after a restart", lambda: (
        third.poll(0.1), len(third.assignment()) == 6)[-1])
    send(producer(broker), "assigned", [b"after"], partition=0)
    assert [message.value() for message in read(third, 1)] == [b"after"]
    third.close()


@with_settings(*FAST_HEARTBEATS, "group.initial.rebalance.delay.ms=0")
def a_group_is_upgraded_and_downgraded_while_it_is_read(broker):
    for strategy in ("range", "cooperative-sticky"):
        topic, group = f"moved-{strategy}", f"movers-{strategy}"
        create(broker, topic, 4)
        old = consumer(broker, group, partition_assignment_strategy=strategy, enable_partition_eof=False)
        old.subscribe([topic])
        members = [old]
        seen, values = set(), numbered(400)
        client = producer(broker)

        def reads(counts):
            for member in members:
                message = member.poll(0.02)
                if message is not None and message.error() is None:
                    seen.add(message.value())
            return [len(member.assignment()) for member in members] == counts

        def produce(some):
            for number, value in enumerate(some):
                client.produce(topic, value=value, partition=number % 4)
            assert client.flush(DEADLINE_S) == 0

        wait_until("the classic member has all", lambda: reads([4]))
        assert group_type(broker, group) == "CLASSIC"
        produce(values[:100])
        # The first member of the new protocol: the old one goes on with half.
        new = of_the_consumer_protocol(broker, group)
        new.subscribe([topic])
        members.append(new)
        wait_until("both have two", lambda: reads([2, 2]))
        assert group_type(broker, group) == "CONSUMER"
        produce(values[100:200])
        wait_until("all is read", lambda: reads([2, 2]) and len(seen) == 200)
        old.commit(asynchronous=False)
        new.commit(asynchronous=False)
        # And back: the old one is alone again.
        new.close()
        members.remove(new)
        wait_until("the classic member has all again", lambda: reads([4]))
        assert group_type(broker, group) == "CLASSIC"
        produce(values[200:300])
        wait_until("all is read", lambda: reads([4]) and len(seen) == 300)
        # Once more, and the old one goes.
        new = of_the_consumer_protocol(broker, group)
        new.subscribe([topic])
        members.append(new)
        wait_until("both have two again", lambda: reads([2, 2]))
        old.close()
        members.remove(old)
        wait_until("the new one has all", lambda: reads([4]))
        assert group_type(broker, group) == "CONSUMER"
        produce(values[300:])
        wait_until("all is read", lambda: reads([4]) and len(seen) == 400)
        new.close()


@with_settings(*FAST_HEARTBEATS)
def the_consumer_protocol_follows_a_regular_expression(broker):
    create(broker, "orders-de", 2)
    create(broker, "returns", 2)
    client = of_the_consumer_protocol(broker, "by-pattern")
    client.subscribe(["^orders-.*"])
    topics = lambda: (client.poll(0.05), {each.topic for each in client.assignment()})[-1]
    wait_until("what matches is assigned", lambda: topics() == {"orders-de"})
    create(broker, "orders-fr", 3)
    wait_until("a topic that is made later arrives", lambda: topics() == {"orders-de", "orders-fr"})
    send(producer(broker), "orders-fr", [b"bonjour"], partition=2)
    assert [message.value() for message in read(client, 1)] == [b"bonjour"]
    client.close()


@with_settings(
    *FAST_HEARTBEATS, "group.consumer.session.timeout.ms=2000", "group.consumer.min.session.timeout.ms=2000")
def the_consumer_protocol_outlives_a_member(broker):
    create(broker, "left", 4)
    static = of_the_consumer_protocol(broker, "of-static", group_instance_id="one")
    static.subscribe(["left"])
    other = of_the_consumer_protocol(broker, "of-static", group_instance_id="two")
    other.subscribe(["left"])

    def counts():
        return [(member.poll(0.05), len(member.assignment()))[-1] for member in (static, other)]

    wait_until("both have theirs", lambda: counts() == [2, 2])
    before = sorted(each.partition for each in static.assignment())
    # It is away for less than its session, and has the same again.
    static.close()
    static = of_the_consumer_protocol(broker, "of-static", group_instance_id="one")
    static.subscribe(["left"])
    wait_until("it has its partitions again", lambda: counts() == [2, 2])
    assert sorted(each.partition for each in static.assignment()) == before
    # It is away for longer.
    static.close()
    wait_until("the other one has all", lambda: (
        other.poll(0.05), len(other.assignment()) == 4)[-1])
    other.close()


def a_static_member_returns_without_a_rebalance(broker):
    create(broker, "static", 2)
    others = []
    watching = consumer(broker, "static-group", group_instance_id="watching", session_timeout_ms=30000)
    watching.subscribe(["static"], on_assign=lambda _, given: others.append(given))
    restarted = consumer(broker, "static-group", group_instance_id="restarted", session_timeout_ms=30000)
    restarted.subscribe(["static"])
    spread([watching, restarted], 2)
    kept, seen = restarted.assignment(), len(others)
    # A static member does not leave its group when it closes.
    restarted.close()
    restarted = consumer(broker, "static-group", group_instance_id="restarted", session_timeout_ms=30000)
    restarted.subscribe(["static"])
    wait_until("the member has its partitions back", lambda: (
        watching.poll(0.05), restarted.poll(0.05), restarted.assignment() == kept)[-1])
    assert len(others) == seen, others
    watching.close()
    restarted.close()


def administration(broker):
    client = admin(broker)
    create(broker, "managed", 2, retention_ms="3600000")
    resource = ConfigResource(ResourceType.TOPIC, "managed")
    [future] = client.describe_configs([resource]).values()
    assert future.result(DEADLINE_S)["retention.ms"].value == "3600000"
    resource = ConfigResource(ResourceType.TOPIC, "managed", incremental_configs=[
        ConfigEntry("retention.ms", "60000", incremental_operation=AlterConfigOpType.SET)])
    [future] = client.incremental_alter_configs([resource]).values()
    future.result(DEADLINE_S)
    [future] = client.describe_configs([ConfigResource(ResourceType.TOPIC, "managed")]).values()
    assert future.result(DEADLINE_S)["retention.ms"].value == "60000"
    client.create_partitions([NewPartitions("managed", 5)])["managed"].result(DEADLINE_S)
    assert len(client.list_topics("managed", DEADLINE_S).topics["managed"].partitions) == 5
    send(producer(broker), "managed", numbered(100), partition=4)
    [future] = client.delete_records([TopicPartition("managed", 4, 40)]).values()
    assert future.result(DEADLINE_S).low_watermark == 40
    assert [m.offset() for m in read_all(broker, "managed", 5)] == list(range(40, 100))
    reader = consumer(broker, "managers")
    reader.subscribe(["managed"])
    read(reader, 60)
    reader.commit(asynchronous=False)
    assert "managers" in [g.group_id for g in client.list_consumer_groups().result(DEADLINE_S).valid]
    described = client.describe_consumer_groups(["managers"])["managers"].result(DEADLINE_S)
    assert len(described.members) == 1 and described.state.name == "STABLE", described.state
    reader.close()
    [future] = client.list_consumer_group_offsets(
        [ConsumerGroupTopicPartitions("managers")]).values()
    offsets = {t.partition: t.offset for t in future.result(DEADLINE_S).topic_partitions}
    assert offsets[4] == 100, offsets
    [future] = client.delete_consumer_groups(["managers"]).values()
    future.result(DEADLINE_S)
    assert client.describe_cluster().result(DEADLINE_S).nodes[0].port == broker.port
    client.delete_topics(["managed"])["managed"].result(DEADLINE_S)
    wait_until("the topic is gone", lambda: "managed" not in client.list_topics(timeout=5).topics)
    for name, expected in [("managed!", KafkaError.TOPIC_EXCEPTION)]:
        try:
            create(broker, name)
            raise AssertionError(f"{name} was created")
        except KafkaException as error:
            assert error.args[0].code() == expected, error


@with_settings("auto.create.topics.enable=false")
def a_topic_created_anew_is_read_from_its_beginning(broker):
    """The reader fetches by the topic's id, and the new topic of the same name has another."""
    create(broker, "anew", 2)
    old, new = numbered(6, "old"), numbered(9, "new")
    send(producer(broker), "anew", old, partition=1)
    lines = []
    log = logging.Logger("reader")
    log.addFilter(lambda record: lines.append(record.getMessage()))
    reader = Consumer({
        "bootstrap.servers": broker.address, "group.id": "readers",
        "auto.offset.reset": "earliest", "enable.auto.commit": False,
        "topic.metadata.refresh.interval.ms": 200, "topic.metadata.propagation.max.ms": 100,
        "debug": "protocol",
    }, logger=log)
    reader.subscribe(["anew"])
    assert [message.value() for message in read(reader, len(old))] == old
    client = admin(broker)
    client.delete_topics(["anew"])["anew"].result(DEADLINE_S)
    # Meanwhile the reader is told that there is no such topic.
    wait_until("the reader has lost the topic", lambda: (
        reader.poll(0.05), not reader.assignment())[-1])
    create(broker, "anew", 2)
    send(producer(broker), "anew", new, partition=1)
    found = []

    def came():
        message = reader.poll(0.1)
        if message is not None and message.error() is None:
            found.append(message.value())
        return len(found) == len(new)

    wait_until("the new records are read", came)
    assert found == new, found
    reader.close()
    versions = {int(version) for line in lines
                for version in re.findall(r"Sent FetchRequest \(v(\d+)", line)}
    assert versions and min(versions) >= 13, versions


def idempotence_under_dropped_connections(broker):
    """A proxy cuts every connection again and again; nothing is lost, doubled or out of order."""
    port = free_port()
    broker.kill()
    with Broker(broker.weir, broker.directory, advertised_port=port) as behind:
        with CuttingProxy(port, behind.port, every_s=0.3) as proxy:
            values = numbered(20_000)
            client = producer(
                behind, enable_idempotence=True, linger_ms=2, batch_num_messages=50,
                reconnect_backoff_ms=10, reconnect_backoff_max_ms=50, retry_backoff_ms=10)
            for start in range(0, len(values), 500):
                for value in values[start:start + 500]:
                    client.produce("cut", value=value, partition=0)
                client.poll(0.1)
            # A client needs a moment without cuts to find out what it was that came through.
            proxy.stop_cutting()
            assert client.flush(DEADLINE_S) == 0
            found = [message.value() for message in read_all(behind, "cut")]
            assert found == values, (len(found), len(set(found)))
            assert proxy.cuts >= 5, proxy.cuts
        assert behind.stop() == 0
    broker.start()


def transactions_committed_and_aborted(broker):
    create(broker, "ledger", 3)
    client = producer(broker, transactional_id="teller")
    client.init_transactions(DEADLINE_S)
    for round, ends in enumerate(["commit", "abort", "commit", "abort"]):
        client.begin_transaction()
        for number in range(30):
            client.produce("ledger", value=f"{ends}-{round}-{number}".encode(), partition=number % 3)
        client.flush(DEADLINE_S)
        if ends == "commit":
            client.commit_transaction(DEADLINE_S)
        else:
            client.abort_transaction(DEADLINE_S)
    committed = read_all(broker, "ledger", 3, isolation_level="read_committed")
    assert len(committed) == 60
    assert all(message.value().startswith(b"commit") for message in committed)
    assert len(read_all(broker, "ledger", 3, isolation_level="read_uncommitted")) == 120


def an_open_transaction_is_not_read(broker):
    create(broker, "open")
    client = producer(broker, transactional_id="slow")
    client.init_transactions(DEADLINE_S)
    client.begin_transaction()
    client.produce("open", value=b"in the transaction")
    client.flush(DEADLINE_S)
    send(producer(broker), "open", [b"outside"])
    assert read_all(broker, "open", isolation_level="read_committed") == []
    reader = consumer(broker, isolation_level="read_committed")
    reader.assign([TopicPartition("open", 0, OFFSET_BEGINNING)])
    timer = threading.Timer(0.5, lambda: client.commit_transaction(DEADLINE_S))
    timer.start()
    assert [m.value() for m in read(reader, 2)] == [b"in the transaction", b"outside"]
    timer.join()
    reader.close()


def a_zombie_is_fenced(broker):
    create(broker, "fenced")
    old = producer(broker, transactional_id="same")
    old.init_transactions(DEADLINE_S)
    old.begin_transaction()
    old.produce("fenced", value=b"of the zombie")
    old.flush(DEADLINE_S)
    new = producer(broker, transactional_id="same")
    new.init_transactions(DEADLINE_S)
    new.begin_transaction()
    new.produce("fenced", value=b"of the living")
    new.commit_transaction(DEADLINE_S)
    try:
        old.produce("fenced", value=b"too late")
        old.commit_transaction(DEADLINE_S)
        raise AssertionError("the zombie committed")
    except KafkaException as error:
        assert error.args[0].code() in (KafkaError._FENCED, KafkaError.INVALID_PRODUCER_EPOCH), error
    committed = read_all(broker, "fenced", isolation_level="read_committed")
    assert [message.value() for message in committed] == [b"of the living"]


def consume_transform_produce(broker):
    """Each signup is onboarded exactly once, though transactions are aborted in between."""
    create(broker, "user-signup-events", 2)
    create(broker, "user-registered-for-onboarding", 2)
    signups = numbered(200, "user")
    client = producer(broker)
    for number, signup in enumerate(signups):
        client.produce("user-signup-events", value=signup, partition=number % 2)
    assert client.flush(DEADLINE_S) == 0
    finished = 0
    attempt = 0
    while finished < len(signups):
        attempt += 1
        reader = consumer(broker, "onboarding", isolation_level="read_committed")
        reader.subscribe(["user-signup-events"])
        writer = producer(broker, transactional_id="onboarding")
        writer.init_transactions(DEADLINE_S)
        batch = read(reader, min(25, len(signups) - finished))
        writer.begin_transaction()
        for message in batch:
            writer.produce("user-registered-for-onboarding", value=message.value(),
                           partition=message.partition())
        writer.send_offsets_to_transaction(
            reader.position(reader.assignment()), reader.consumer_group_metadata(), DEADLINE_S)
        if attempt % 3 == 2:
            writer.abort_transaction(DEADLINE_S)
        else:
            writer.commit_transaction(DEADLINE_S)
            finished += len(batch)
        reader.close()
    onboarded = read_all(broker, "user-registered-for-onboarding", 2, isolation_level="read_committed")
    assert sorted(message.value() for message in onboarded) == sorted(signups)


def a_transaction_goes_on_over_a_restart(broker):
    """With records and offsets, and the same producer. librdkafka begins anew with the bootstrap servers once
    no broker can be reached, and then waits for ever for the coordinator that it had
    (confluentinc/librdkafka#5511): a client of a single broker sets that off."""
    create(broker, "in")
    create(broker, "out")
    reader = consumer(broker, "restarted")
    reader.subscribe(["in"])
    wait_until("the group has its partition", lambda: (reader.poll(0.05), reader.assignment())[1])
    writer = producer(
        broker, transactional_id="restarted", metadata_recovery_strategy="none")
    writer.init_transactions(DEADLINE_S)
    for offset in range(1, 7):
        writer.begin_transaction()
        writer.produce("out", value=b"before %d" % offset)
        assert writer.flush(DEADLINE_S) == 0
        if offset % 2 == 0:
            assert broker.stop() == 0
            broker.start()
        writer.produce("out", value=b"after %d" % offset)
        writer.send_offsets_to_transaction(
            [TopicPartition("in", 0, offset)], reader.consumer_group_metadata(), DEADLINE_S)
        writer.commit_transaction(DEADLINE_S)
        [committed] = reader.committed([TopicPartition("in", 0)], DEADLINE_S)
        assert committed.offset == offset, committed
    reader.close()
    assert [message.value() for message in read_all(broker, "out", isolation_level="read_committed")] == [
        b"%s %d" % (when, offset) for offset in range(1, 7) for when in (b"before", b"after")]


@with_settings("transaction.max.timeout.ms=60000")
def an_abandoned_transaction_times_out(broker):
    create(broker, "abandoned")
    client = producer(broker, transactional_id="lost", transaction_timeout_ms=1000)
    client.init_transactions(DEADLINE_S)
    client.begin_transaction()
    client.produce("abandoned", value=b"never committed")
    client.flush(DEADLINE_S)
    send(producer(broker), "abandoned", [b"outside"])
    reader = consumer(broker, isolation_level="read_committed")
    reader.assign([TopicPartition("abandoned", 0, OFFSET_BEGINNING)])
    assert [m.value() for m in read(reader, 1)] == [b"outside"]
    reader.close()
