"""A group member in a process of its own, to be killed: joins, and reads until it is.

    member.py ADDRESS GROUP TOPIC
"""

import sys

from confluent_kafka import Consumer

address, group, topic = sys.argv[1:]
client = Consumer({
    "bootstrap.servers": address, "group.id": group, "auto.offset.reset": "earliest",
    "session.timeout.ms": 6000, "heartbeat.interval.ms": 500,
})
client.subscribe([topic], on_assign=lambda _, given: print(len(given), flush=True))
while True:
    client.poll(0.1)
