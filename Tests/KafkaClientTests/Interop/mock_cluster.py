"""A cluster of librdkafka's mock brokers, until standard input ends.

    mock_cluster.py BROKERS PARTITIONS TOPIC

Prints its bootstrap servers.
"""

import sys

from confluent_kafka import Producer


def main():
    brokers, partitions, topic = sys.argv[1:]
    client = Producer({
        "bootstrap.servers": "ignored:1", "test.mock.num.brokers": int(brokers), "log_level": 0,
        "test.mock.broker.rtt": 1})
    metadata = client.list_topics(topic, timeout=30)
    assert len(metadata.topics[topic].partitions) == int(partitions), metadata.topics[topic]
    print(",".join(f"{b.host}:{b.port}" for b in metadata.brokers.values()), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
