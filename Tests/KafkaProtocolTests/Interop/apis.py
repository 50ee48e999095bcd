"""The APIs of the golden frames: Kafka's names by key, and the versions that frames are encoded
for."""

import importlib

from kafka.protocol.api_message import ApiMessage

for module in ("admin", "consumer", "metadata", "producer", "sasl"):
    importlib.import_module(f"kafka.protocol.{module}")

# API key: name, first and last version to encode. Past the versions served at first stand those
# that topic ids and the newer consumer groups need.
ENCODED = {
    0: ("Produce", 3, 11),
    1: ("Fetch", 4, 16),
    2: ("ListOffsets", 1, 7),
    3: ("Metadata", 0, 13),
    8: ("OffsetCommit", 2, 9),
    9: ("OffsetFetch", 1, 9),
    10: ("FindCoordinator", 0, 4),
    11: ("JoinGroup", 0, 9),
    12: ("Heartbeat", 0, 4),
    13: ("LeaveGroup", 0, 5),
    14: ("SyncGroup", 0, 5),
    15: ("DescribeGroups", 0, 5),
    16: ("ListGroups", 0, 5),
    17: ("SaslHandshake", 0, 1),
    18: ("ApiVersions", 0, 4),
    19: ("CreateTopics", 2, 7),
    20: ("DeleteTopics", 1, 6),
    21: ("DeleteRecords", 0, 2),
    22: ("InitProducerId", 0, 4),
    23: ("OffsetForLeaderEpoch", 2, 4),
    24: ("AddPartitionsToTxn", 0, 3),
    25: ("AddOffsetsToTxn", 0, 3),
    26: ("EndTxn", 0, 3),
    28: ("TxnOffsetCommit", 0, 3),
    32: ("DescribeConfigs", 1, 4),
    33: ("AlterConfigs", 0, 2),
    35: ("DescribeLogDirs", 1, 4),
    36: ("SaslAuthenticate", 0, 2),
    37: ("CreatePartitions", 0, 3),
    42: ("DeleteGroups", 0, 2),
    44: ("IncrementalAlterConfigs", 0, 1),
    47: ("OffsetDelete", 0, 0),
    60: ("DescribeCluster", 0, 1),
    61: ("DescribeProducers", 0, 0),
    50: ("DescribeUserScramCredentials", 0, 0),
    51: ("AlterUserScramCredentials", 0, 0),
}

# What was added later, which is encoded after all others: so their frames stay as they were.
ENCODED_LATER = {
    0: ("Produce", 12, 13),
    2: ("ListOffsets", 8, 11),
    10: ("FindCoordinator", 5, 6),
    22: ("InitProducerId", 5, 6),
    24: ("AddPartitionsToTxn", 4, 5),
    25: ("AddOffsetsToTxn", 4, 4),
    26: ("EndTxn", 4, 5),
    27: ("WriteTxnMarkers", 1, 2),
    28: ("TxnOffsetCommit", 4, 5),
    43: ("ElectLeaders", 0, 2),
    45: ("AlterPartitionReassignments", 0, 1),
    46: ("ListPartitionReassignments", 0, 0),
    55: ("DescribeQuorum", 0, 2),
    57: ("UpdateFeatures", 0, 2),
    65: ("DescribeTransactions", 0, 0),
    66: ("ListTransactions", 0, 2),
    29: ("DescribeAcls", 1, 3),
    30: ("CreateAcls", 1, 3),
    31: ("DeleteAcls", 1, 3),
    48: ("DescribeClientQuotas", 0, 1),
    49: ("AlterClientQuotas", 0, 1),
    74: ("ListConfigResources", 0, 1),
}


def _primary_classes(parent):
    for child in type.__subclasses__(parent):
        if child._class_version is None:
            yield child
            yield from _primary_classes(child)


_classes = {
    (child.API_KEY, child.type): child
    for child in _primary_classes(ApiMessage)
    if not child.__module__.startswith("kafka.protocol.old")
}


def message_class(key, direction):
    """kafka-python's class for the API key, or None; the direction is "request" or "response"."""
    return _classes.get((key, direction))


def name_of(key):
    """Kafka's name of the API."""
    for table in (ENCODED, ENCODED_LATER):
        if key in table:
            return table[key][0]
    if message := message_class(key, "request"):
        return message.name.removesuffix("Request")
    from kio.schema.index import api_key_map

    return "".join(word.capitalize() for word in api_key_map[key].split("_"))
