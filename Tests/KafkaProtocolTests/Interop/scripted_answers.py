"""The answers of scripted_broker.py: success, in the shape that the request asks for.

A method is named for its API and returns the response's fields by kafka-python's names; those that
the request's version has not are dropped. Topics all exist, with two partitions; a group's member
leads it alone; the log of every partition holds what was last produced to it.
"""

import time
import uuid

NODE = 1
PARTITIONS = 2
NO_ERROR, MEMBER_ID_REQUIRED, UNKNOWN_TOPIC_ID = 0, 79, 100
CLUSTER_ID = "golden-cluster-0000000"
LOG_DIRECTORY = "/var/lib/broker/log"
LONGEST_WAIT = 0.2  # seconds


def topic_id(name):
    return uuid.uuid5(uuid.NAMESPACE_URL, name)


class Answers:
    """Shared by all connections; what is kept between requests is replaced whole, never changed."""

    def __init__(self, host, port, ranges):
        self.node = {
            "node_id": NODE,
            "broker_id": NODE,
            "host": host,
            "port": port,
            "rack": "rack-a",
        }
        self.ranges = ranges
        self.names = {}
        self.logs = {}
        self.committed = {}

    def of(self, name, request, version):
        return getattr(self, name)(request, version)

    def api_keys(self):
        return [
            {"api_key": key, "min_version": first, "max_version": last}
            for key, (first, last) in self.ranges.items()
        ]

    def ApiVersions(self, request, version):
        return {"api_keys": self.api_keys()}

    # Topics and records

    def Metadata(self, request, version):
        asked = request.topics
        if asked is None or (version == 0 and not asked):
            names = ["golden", "golden-other", "__consumer_offsets"]
        else:
            names = [t.name or self.names.get(t.topic_id, "golden") for t in asked]
        return {
            "brokers": [self.node],
            "cluster_id": CLUSTER_ID,
            "controller_id": NODE,
            "topics": [self.topic(name) for name in names],
        }

    def topic(self, name):
        self.names[topic_id(name)] = name
        return {
            "name": name,
            "topic_id": topic_id(name),
            "is_internal": name.startswith("__"),
            "partitions": [
                {
                    "partition_index": index,
                    "leader_id": NODE,
                    "leader_epoch": 3,
                    "replica_nodes": [NODE],
                    "isr_nodes": [NODE],
                    "offline_replicas": [],
                }
                for index in range(PARTITIONS)
            ],
        }

    def Produce(self, request, version):
        for topic in request.topic_data:
            for partition in topic.partition_data:
                self.logs[topic.name, partition.index] = bytes(partition.records)
        return {
            "responses": [
                {
                    "name": topic.name,
                    "partition_responses": [
                        {"index": p.index, "base_offset": 0, "log_append_time_ms": -1}
                        for p in topic.partition_data
                    ],
                }
                for topic in request.topic_data
            ]
        }

    def Fetch(self, request, version):
        responses, found = [], False
        for topic in request.topics:
            name = topic.topic if version < 13 else self.names.get(topic.topic_id)
            partitions = []
            for partition in topic.partitions:
                log = self.logs.get((name, partition.partition), b"")
                records = log if partition.fetch_offset == 0 else b""
                count = self.record_count(log)
                found = found or bool(records)
                partitions.append(
                    {
                        "partition_index": partition.partition,
                        "error_code": NO_ERROR if name else UNKNOWN_TOPIC_ID,
                        "high_watermark": count,
                        "last_stable_offset": count,
                        "log_start_offset": 0,
                        "aborted_transactions": [],
                        "records": records,
                    }
                )
            responses.append(
                {"topic": name or "", "topic_id": topic.topic_id, "partitions": partitions}
            )
        if not found:
            time.sleep(min(request.max_wait_ms / 1000, LONGEST_WAIT))
        return {"responses": responses}

    @staticmethod
    def record_count(log):
        """The number of records in a batch of format 2: its last offset delta and one."""
        return int.from_bytes(log[23:27]) + 1 if len(log) > 61 else 0

    def ListOffsets(self, request, version):
        def offset(topic, partition):
            count = self.record_count(self.logs.get((topic, partition.partition_index), b""))
            return count if partition.timestamp == -1 else 0

        return self.per_partition(
            request.topics,
            lambda topic, p: {
                "partition_index": p.partition_index,
                "timestamp": p.timestamp if p.timestamp >= 0 else -1,
                "offset": offset(topic.name, p),
                "leader_epoch": 3,
            },
        )

    def OffsetForLeaderEpoch(self, request, version):
        return self.per_partition(
            request.topics,
            lambda topic, p: {"partition": p.partition, "leader_epoch": 3, "end_offset": 5},
        )

    @staticmethod
    def per_partition(topics, answer, field="topics"):
        """A response of topics, each with an answer for every partition that was asked for."""
        result = []
        for topic in topics:
            name = getattr(topic, "name", None) or getattr(topic, "topic", "")
            result.append(
                {
                    "name": name,
                    "topic": name,
                    "partitions": [answer(topic, partition) for partition in topic.partitions],
                }
            )
        return {field: result}

    # Groups

    def FindCoordinator(self, request, version):
        found = self.node | {"error_code": NO_ERROR, "error_message": None}
        return found | {
            "coordinators": [found | {"key": k} for k in request.coordinator_keys or []]
        }

    def JoinGroup(self, request, version):
        member = request.member_id
        if not member and version >= 4 and request.group_instance_id is None:
            return {"error_code": MEMBER_ID_REQUIRED, "member_id": "member-1", "protocol_name": ""}
        member = member or "member-1"
        first = request.protocols[0]
        return {
            "generation_id": 1,
            "protocol_type": request.protocol_type,
            "protocol_name": first.name,
            "leader": member,
            "member_id": member,
            "members": [
                {
                    "member_id": member,
                    "group_instance_id": request.group_instance_id,
                    "metadata": bytes(first.metadata),
                }
            ],
        }

    def SyncGroup(self, request, version):
        assignment = bytes(request.assignments[0].assignment) if request.assignments else b""
        return {
            "protocol_type": request.protocol_type,
            "protocol_name": request.protocol_name,
            "assignment": assignment,
        }

    def Heartbeat(self, request, version):
        return {}

    def LeaveGroup(self, request, version):
        return {
            "members": [
                {"member_id": m.member_id, "group_instance_id": m.group_instance_id}
                for m in request.members or []
            ]
        }

    def OffsetCommit(self, request, version):
        for topic in request.topics:
            for partition in topic.partitions:
                at = (topic.name, partition.partition_index)
                self.committed[at] = (partition.committed_offset, partition.committed_metadata)
        return self.per_partition(
            request.topics, lambda topic, p: {"partition_index": p.partition_index}
        )

    TxnOffsetCommit = OffsetCommit

    def OffsetFetch(self, request, version):
        if version < 8:
            return {"topics": self.offsets_of(request.topics)}
        return {
            "groups": [
                {"group_id": group.group_id, "topics": self.offsets_of(group.topics)}
                for group in request.groups
            ]
        }

    def offsets_of(self, topics):
        if topics is None:
            asked = sorted(self.committed)
        else:
            asked = [(t.name, index) for t in topics for index in t.partition_indexes]
        result = {}
        for name, index in asked:
            offset, metadata = self.committed.get((name, index), (-1, ""))
            partition = {
                "partition_index": index,
                "committed_offset": offset,
                "committed_leader_epoch": -1,
                "metadata": metadata,
            }
            result.setdefault(name, {"name": name, "partitions": []})["partitions"].append(
                partition
            )
        return list(result.values())

    def DescribeGroups(self, request, version):
        member = {
            "member_id": "member-1",
            "client_id": "golden-client",
            "client_host": "/127.0.0.1",
            "member_metadata": bytes.fromhex("000100000001 0006676f6c64656e ffffffff"),
            "member_assignment": bytes.fromhex(
                "000100000001 0006676f6c64656e 0000000100000000 ffffffff"
            ),
        }
        return {
            "groups": [
                {
                    "group_id": group,
                    "group_state": "Stable",
                    "protocol_type": "consumer",
                    "protocol_data": "range",
                    "members": [member],
                }
                for group in request.groups
            ]
        }

    def ListGroups(self, request, version):
        group = {"group_id": "golden-group", "protocol_type": "consumer", "group_state": "Empty"}
        return {"groups": [group | {"group_type": "classic"}]}

    def DeleteGroups(self, request, version):
        return {"results": [{"group_id": group} for group in request.groups_names]}

    def OffsetDelete(self, request, version):
        return self.per_partition(
            request.topics, lambda topic, p: {"partition_index": p.partition_index}
        )

    # Administration

    def CreateTopics(self, request, version):
        configs = [{"name": "cleanup.policy", "value": "delete", "config_source": 5}]
        return {
            "topics": [
                {
                    "name": topic.name,
                    "topic_id": topic_id(topic.name),
                    "error_message": None,
                    "num_partitions": topic.num_partitions,
                    "replication_factor": topic.replication_factor,
                    "configs": configs,
                }
                for topic in request.topics
            ]
        }

    def DeleteTopics(self, request, version):
        names = request.topic_names if version < 6 else [topic.name for topic in request.topics]
        return {"responses": [{"name": name, "topic_id": topic_id(name)} for name in names]}

    def CreatePartitions(self, request, version):
        return {
            "results": [{"name": topic.name, "error_message": None} for topic in request.topics]
        }

    def DeleteRecords(self, request, version):
        return self.per_partition(
            request.topics,
            lambda topic, p: {"partition_index": p.partition_index, "low_watermark": p.offset},
        )

    def DescribeConfigs(self, request, version):
        synonym = {"name": "log.retention.ms", "value": "604800000", "source": 5}
        config = {
            "name": "retention.ms",
            "value": "86400000",
            "config_source": 1,
            "config_type": 5,
            "synonyms": [synonym],
            "documentation": "How long a segment is kept, in milliseconds.",
        }
        secret = {"name": "secret", "value": None, "is_sensitive": True, "config_source": 5}
        return {
            "results": [
                {
                    "error_message": None,
                    "resource_type": resource.resource_type,
                    "resource_name": resource.resource_name,
                    "configs": [config, secret],
                }
                for resource in request.resources
            ]
        }

    def AlterConfigs(self, request, version):
        return {
            "responses": [
                {
                    "error_message": None,
                    "resource_type": resource.resource_type,
                    "resource_name": resource.resource_name,
                }
                for resource in request.resources
            ]
        }

    IncrementalAlterConfigs = AlterConfigs

    def DescribeLogDirs(self, request, version):
        topic = {"name": "golden", "partitions": [{"partition_index": 0, "partition_size": 4096}]}
        sizes = {"total_bytes": 1 << 40, "usable_bytes": 1 << 39}
        return {"results": [{"log_dir": LOG_DIRECTORY, "topics": [topic]} | sizes]}

    def DescribeCluster(self, request, version):
        return {
            "error_message": None,
            "cluster_id": CLUSTER_ID,
            "controller_id": NODE,
            "brokers": [self.node],
        }

    def DescribeProducers(self, request, version):
        producer = {"producer_id": 7, "producer_epoch": 0, "last_sequence": 41, "last_timestamp": 1}
        return {
            "topics": [
                {
                    "name": topic.name,
                    "partitions": [
                        {
                            "partition_index": index,
                            "error_message": None,
                            "active_producers": [producer],
                        }
                        for index in topic.partition_indexes
                    ],
                }
                for topic in request.topics
            ]
        }

    def ElectLeaders(self, request, version):
        return {
            "replica_election_results": [
                {
                    "topic": topic.topic,
                    "partition_result": [
                        {"partition_id": index, "error_message": None} for index in topic.partitions
                    ],
                }
                for topic in request.topic_partitions or []
            ]
        }

    # Transactions

    def InitProducerId(self, request, version):
        return {"producer_id": 7, "producer_epoch": 0}

    def AddPartitionsToTxn(self, request, version):
        return {
            "results_by_topic_v3_and_below": [
                {
                    "name": topic.name,
                    "results_by_partition": [{"partition_index": p} for p in topic.partitions],
                }
                for topic in request.v3_and_below_topics
            ]
        }

    def AddOffsetsToTxn(self, request, version):
        return {}

    EndTxn = AddOffsetsToTxn

    def ListTransactions(self, request, version):
        state = {"transactional_id": "golden-txn", "producer_id": 7, "transaction_state": "Ongoing"}
        return {"unknown_state_filters": [], "transaction_states": [state]}

    def DescribeTransactions(self, request, version):
        state = {"producer_id": 7, "transaction_state": "Ongoing", "transaction_timeout_ms": 60000}
        return {
            "transaction_states": [
                state
                | {"transactional_id": each, "topics": [{"topic": "golden", "partitions": [0]}]}
                for each in request.transactional_ids
            ]
        }

    # Authentication

    def SaslHandshake(self, request, version):
        return {"mechanisms": ["PLAIN"]}

    def SaslAuthenticate(self, request, version):
        return {"error_message": None, "auth_bytes": b"", "session_lifetime_ms": 0}
