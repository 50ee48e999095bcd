"""kafka-python against Weir's broker."""

import concurrent.futures
import queue
import threading
import time
import uuid

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import AbortTransactionSpec, ConfigResource, ConfigResourceType
from kafka.errors import KafkaError, MessageSizeTooLargeError
from kafka.structs import OffsetAndMetadata

from broker import DEADLINE_S, wait_until
from records import CODECS, awkward_records, large_record, numbered

DEADLINE_MS = DEADLINE_S * 1000


def producer(broker, **settings):
    return KafkaProducer(bootstrap_servers=broker.address, **settings)


def consumer(broker, *topics, group=None, **settings):
    defaults = {
        "group_id": group, "auto_offset_reset": "earliest", "enable_auto_commit": False,
        "heartbeat_interval_ms": 300, "session_timeout_ms": 6000, "fetch_max_wait_ms": 200,
    }
    return KafkaConsumer(*topics, bootstrap_servers=broker.address, **(defaults | settings))


def admin(broker):
    return KafkaAdminClient(bootstrap_servers=broker.address)


def create(broker, topic, partitions=1, **configs):
    client = admin(broker)
    configs = {name.replace("_", "."): value for name, value in configs.items()}
    client.create_topics({topic: {
        "num_partitions": partitions, "replication_factor": 1, "configs": configs}})
    client.close()


def read(client, count, deadline_s=DEADLINE_S):
    records = []
    end = time.monotonic() + deadline_s
    while len(records) < count:
        assert time.monotonic() < end, f"{len(records)} of {count} records came"
        for batch in client.poll(timeout_ms=200, max_records=count - len(records)).values():
            records += batch
    return records


def read_all(broker, topic, **settings):
    client = consumer(broker, **settings)
    partitions = [TopicPartition(topic, p) for p in sorted(client.partitions_for_topic(topic))]
    client.assign(partitions)
    ends = client.end_offsets(partitions)
    client.seek_to_beginning(*partitions)
    records = []
    end = time.monotonic() + DEADLINE_S
    while any(client.position(p) < ends[p] for p in partitions):
        assert time.monotonic() < end, f"{len(records)} records came"
        for batch in client.poll(timeout_ms=200).values():
            records += batch
    client.close()
    return sorted(records, key=lambda record: (record.partition, record.offset))


def send(client, topic, values, **fields):
    futures = [client.send(topic, value=value, **fields) for value in values]
    client.flush(DEADLINE_S)
    return [future.get(DEADLINE_S) for future in futures]


def every_codec(broker):
    for codec in CODECS:
        create(broker, codec)
        client = producer(broker, compression_type=None if codec == "none" else codec, linger_ms=20)
        values = numbered(500, codec * 20)
        send(client, codec, values)
        client.close()
        assert [record.value for record in read_all(broker, codec)] == values, codec


def awkward_keys_values_and_headers(broker):
    create(broker, "awkward")
    client = producer(broker, linger_ms=20)
    # This client sends no header that is null.
    records = [
        (key, value, [header for header in headers if header[1] is not None])
        for key, value, headers in awkward_records()]
    for key, value, headers in records:
        client.send("awkward", key=key, value=value, headers=headers)
    client.flush(DEADLINE_S)
    client.close()
    found = [(r.key, r.value, list(r.headers)) for r in read_all(broker, "awkward")]
    assert found == records, found


def a_megabyte(broker):
    create(broker, "large", max_message_bytes="1100000")
    values = [large_record(seed) for seed in range(4)]
    client = producer(broker, max_request_size=1_200_000)
    send(client, "large", values)
    client.close()
    assert [record.value for record in read_all(broker, "large")] == values


def too_large_is_refused(broker):
    create(broker, "small", max_message_bytes="1000")
    client = producer(broker)
    try:
        client.send("small", value=bytes(2000)).get(DEADLINE_S)
        raise AssertionError("it was taken")
    except MessageSizeTooLargeError:
        pass
    client.close()


def timestamps_and_offsets_for_times(broker):
    create(broker, "times")
    client = producer(broker)
    base = 1_700_000_000_000
    for number in range(100):
        client.send("times", value=b"t", timestamp_ms=base + 10 * number)
    client.flush(DEADLINE_S)
    client.close()
    reader = consumer(broker)
    partition = TopicPartition("times", 0)
    for asked, expected in [(base, 0), (base + 15, 2), (base + 990, 99)]:
        assert reader.offsets_for_times({partition: asked})[partition].offset == expected, asked
    assert reader.offsets_for_times({partition: base + 991})[partition] is None
    assert reader.beginning_offsets([partition]) == {partition: 0}
    assert reader.end_offsets([partition]) == {partition: 100}
    reader.close()


def seek_and_replay(broker):
    create(broker, "replayed")
    values = numbered(500)
    client = producer(broker)
    send(client, "replayed", values)
    client.close()
    reader = consumer(broker)
    partition = TopicPartition("replayed", 0)
    reader.assign([partition])
    assert [r.value for r in read(reader, 500)] == values
    reader.seek(partition, 123)
    assert [r.value for r in read(reader, 100)] == values[123:223]
    reader.seek_to_beginning(partition)
    assert [r.value for r in read(reader, 500)] == values
    reader.close()


def a_group_shares_and_resumes(broker):
    create(broker, "orders", 4)
    client = producer(broker)
    values = numbered(400)
    for number, value in enumerate(values):
        client.send("orders", key=value, value=value, partition=number % 4)
    client.flush(DEADLINE_S)
    client.close()
    first = consumer(broker, "orders", group="notification-group")
    seen = [record.value for record in read(first, 150)]
    first.commit()
    first.close()
    # Each on a thread of its own: members that one thread polls in turns wait for each other, and on a
    # busy machine begin one rebalance after the other.
    members = [consumer(broker, "orders", group="notification-group") for _ in range(2)]
    arrived, shares, is_over = queue.Queue(), [set(), set()], threading.Event()

    def run(place):
        while not is_over.is_set():
            for batch in members[place].poll(timeout_ms=100).values():
                for record in batch:
                    arrived.put(record.value)
            shares[place] = {partition.partition for partition in members[place].assignment()}
        members[place].close()

    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        runs = [threads.submit(run, place) for place in range(2)]
        end = time.monotonic() + DEADLINE_S
        try:
            while len(set(seen)) < 400 or sorted(map(sorted, shares)) != [[0, 1], [2, 3]]:
                assert time.monotonic() < end, f"{len(set(seen))} records came, shares {shares}"
                try:
                    seen.append(arrived.get(timeout=0.1))
                except queue.Empty:
                    for ended in runs:
                        if ended.done():
                            ended.result()
        finally:
            is_over.set()
        for ended in runs:
            ended.result()
    assert set(seen) == set(values)
    other = consumer(broker, "orders", group="analytics-group")
    assert {record.value for record in read(other, 400)} == set(values)
    other.close()


def transactions_committed_and_aborted(broker):
    create(broker, "ledger", 2)
    client = producer(broker, transactional_id="teller")
    client.init_transactions()
    for round, ends in enumerate(["commit", "abort", "commit"]):
        client.begin_transaction()
        send(client, "ledger", numbered(20, f"{ends}-{round}"), partition=round % 2)
        if ends == "commit":
            client.commit_transaction()
        else:
            client.abort_transaction()
    client.close()
    committed = read_all(broker, "ledger", isolation_level="read_committed")
    assert sorted(r.value for r in committed) == sorted(
        numbered(20, "commit-0") + numbered(20, "commit-2"))


def offsets_in_a_transaction(broker):
    create(broker, "in")
    create(broker, "out")
    client = producer(broker)
    send(client, "in", numbered(10))
    client.close()
    writer = producer(broker, transactional_id="copier")
    writer.init_transactions()
    reader = consumer(broker, "in", group="copiers", isolation_level="read_committed")
    partition = TopicPartition("in", 0)
    for ends in ("abort", "commit"):
        records = read(reader, 10)
        writer.begin_transaction()
        send(writer, "out", [record.value for record in records])
        writer.send_offsets_to_transaction(
            {partition: OffsetAndMetadata(10, "", -1)}, reader.group_metadata())
        if ends == "abort":
            writer.abort_transaction()
            assert reader.committed(partition) is None
            reader.seek(partition, 0)
        else:
            writer.commit_transaction()
            assert reader.committed(partition) == 10
    reader.close()
    writer.close()
    copied = read_all(broker, "out", isolation_level="read_committed")
    assert [record.value for record in copied] == numbered(10)


def transactions_are_administered(broker):
    create(broker, "watched", 2)
    client = producer(broker, transactional_id="watched-1")
    client.init_transactions()
    client.begin_transaction()
    send(client, "watched", numbered(5), partition=1)
    tools = admin(broker)
    [listed] = [one for found in tools.list_transactions().values() for one in found]
    assert (listed.transactional_id, listed.state.value) == ("watched-1", "Ongoing"), listed
    for count, filters in [
        (1, {"transactional_id_pattern": "watched-.*"}), (0, {"transactional_id_pattern": "other"}),
        (1, {"state_filters": ["Ongoing"]}), (0, {"state_filters": ["Empty"]}),
        (1, {"producer_id_filters": [listed.producer_id]}), (0, {"producer_id_filters": [12345]}),
        (0, {"duration_filter_ms": 3_600_000}),
    ]:
        found = [one for some in tools.list_transactions(**filters).values() for one in some]
        assert len(found) == count, filters
    described = tools.describe_transactions(["watched-1"])["watched-1"]
    partition = TopicPartition("watched", 1)
    assert described.state.value == "Ongoing" and set(described.topic_partitions) == {partition}
    assert described.producer_id == listed.producer_id, described
    assert tools.find_hanging_transactions() == []
    # Whatever started less than five minutes ago hangs.
    assert len(tools.find_hanging_transactions(max_transaction_timeout_ms=-301_000)) == 1
    [active] = tools.describe_producers([partition])[partition].active_producers
    assert active.producer_id == listed.producer_id, active
    assert (active.last_sequence, active.current_transaction_start_offset) == (4, 0), active
    tools.abort_transaction(AbortTransactionSpec(
        topic_partition=partition, producer_id=active.producer_id,
        producer_epoch=active.producer_epoch, coordinator_epoch=active.coordinator_epoch))
    [active] = tools.describe_producers([partition])[partition].active_producers
    assert active.current_transaction_start_offset in (None, -1), active
    assert read_all(broker, "watched", isolation_level="read_committed") == []
    client.abort_transaction()
    client.close()
    tools.close()


def administration(broker):
    client = admin(broker)
    create(broker, "managed", 2, retention_ms="3600000")
    topic = ConfigResource(ConfigResourceType.TOPIC, "managed")
    assert "3600000" in str(client.describe_configs([topic]))
    altered = ConfigResource(ConfigResourceType.TOPIC, "managed", {"retention.ms": "60000"})
    client.alter_configs([altered])
    assert "60000" in str(client.describe_configs([topic]))
    client.create_partitions({"managed": 4})
    [described] = client.describe_topics(["managed"])
    assert len(described["partitions"]) == 4, described
    writer = producer(broker)
    send(writer, "managed", numbered(50), partition=0)
    writer.close()
    client.delete_records({TopicPartition("managed", 0): 20})
    assert [r.offset for r in read_all(broker, "managed")] == list(range(20, 50))
    reader = consumer(broker, "managed", group="managers")
    read(reader, 30)
    reader.commit()
    assert "managers" in str(client.list_groups())
    assert "managers" in str(client.describe_groups(["managers"]))
    reader.close()
    assert client.list_group_offsets({"managers": None})
    client.delete_groups(["managers"])
    assert "managers" not in str(client.list_groups())
    assert client.describe_cluster()["brokers"]
    assert "managed" in str(client.describe_log_dirs())
    client.delete_topics(["managed"])
    wait_until("the topic is gone", lambda: "managed" not in client.list_topics())
    client.close()
