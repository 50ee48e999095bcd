"""Divides partitions by another implementation's assignors.

    assign_partitions.py CASES

A case is {"assignor", "topics": {topic: partition count}, "members": {member id: [topic]}}. Prints for each case what
each member gets, as {member id: ["topic-partition"]}.
"""

import json
import sys

from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor

ASSIGNORS = {"range": RangePartitionAssignor, "roundrobin": RoundRobinPartitionAssignor}


class Cluster:
    def __init__(self, topics):
        self.topics = topics

    def partitions_for_topic(self, topic):
        count = self.topics.get(topic)
        return set(range(count)) if count else None


def assign(case):
    assignor = ASSIGNORS[case["assignor"]]
    members = {
        member: assignor.metadata(set(topics)) for member, topics in case["members"].items()}
    shares = assignor.assign(Cluster(case["topics"]), members)
    return {
        member: [
            f"{topic}-{partition}" for topic, partitions in share.assignment
            for partition in partitions]
        for member, share in shares.items()}


print(json.dumps([assign(case) for case in json.loads(sys.argv[1])]))
