"""A cluster of librdkafka's mock brokers, until standard input ends.

    mock_cluster.py BROKERS PARTITIONS TOPIC

Prints its bootstrap servers. The mock gives each partition a random leader; a cluster in which one broker
leads them all is made anew, since it would be no test of several.
"""

import sys

from confluent_kafka import Producer


def cluster(brokers, topic):
    client = Producer({
        "bootstrap.servers": "ignored:1", "test.mock.num.brokers": brokers, "log_level": 0,
        "test.mock.broker.rtt": 1})
    return client, client.list_topics(topic, timeout=30)


def leaders(metadata, topic):
    return {partition.leader for partition in metadata.topics[topic].partitions.values()}


def main():
    brokers, partitions, topic = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    client, metadata = cluster(brokers, topic)
    while len(leaders(metadata, topic)) < min(2, brokers):
        client, metadata = cluster(brokers, topic)
    assert len(metadata.topics[topic].partitions) == partitions, metadata.topics[topic]
    print(",".join(f"{b.host}:{b.port}" for b in metadata.brokers.values()), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
