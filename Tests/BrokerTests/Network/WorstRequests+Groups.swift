import KafkaProtocol
import RecordFormat

@testable import Broker

// Requests about groups of consumers.

extension WorstRequests {
    mutating func addGroups() {
        list.add(FindCoordinatorRequest()) {
            $0.coordinatorKeys = (0..<Self.count).map { "group-\($0)" }
        }
        list.add(JoinGroupRequest()) {
            $0.groupID = "g"
            $0.sessionTimeoutMs = 10_000
            $0.protocolType = "consumer"
            $0.protocols = Self.many(JoinGroupRequest.GroupProtocol()) { $0.name = "p\($1)" }
        }
        list.add(SyncGroupRequest()) {
            $0.groupID = "g"
            $0.assignments = Self.many(SyncGroupRequest.Assignment()) { $0.memberID = "m\($1)" }
        }
        list.add(HeartbeatRequest()) { $0.groupID = "g" }
        list.add(LeaveGroupRequest()) {
            $0.groupID = "g"
            $0.members = Self.many(LeaveGroupRequest.Member()) { $0.memberID = "m\($1)" }
        }
        list.add(DescribeGroupsRequest()) { $0.groups = (0..<Self.count).map { "group-\($0)" } }
        list.add(ListGroupsRequest())
        list.add(ConsumerGroupHeartbeatRequest()) {
            $0.groupID = "consumers"
            $0.memberID = "somebody"
            $0.rebalanceTimeoutMs = 10_000
            $0.subscribedTopicNames = (0..<Self.count).map { "topic-\($0)" } + ["t"]
            $0.topicPartitions = []
        }
        list.add(ConsumerGroupDescribeRequest()) {
            $0.groupIDs = ["consumers"] + (0..<Self.count).map { "group-\($0)" }
        }
        addShareGroups()
        list.add(DeleteGroupsRequest()) {
            $0.groupsNames =
                (0..<Self.count).map { "group-\($0)" }
                + Array(repeating: "altered", count: Self.count)
        }
    }

    mutating func addShareGroups() {
        list.add(ShareGroupHeartbeatRequest()) {
            $0.groupID = "sharers"
            $0.memberID = "somebody"
            $0.subscribedTopicNames = (0..<Self.count).map { "topic-\($0)" } + ["t"]
        }
        addShareFetches()
        list.add(ShareGroupDescribeRequest()) {
            $0.groupIDs = ["sharers"] + (0..<Self.count).map { "group-\($0)" }
        }
        let group = Self.made(DescribeShareGroupOffsetsRequest.Group()) {
            $0.groupID = "sharers"
            $0.topics = Self.many(DescribeShareGroupOffsetsRequest.Topic()) {
                $0.topicName = "topic-\($1)"
                $0.partitions = [0]
            }
        }
        list.add(DescribeShareGroupOffsetsRequest()) {
            $0.groups = [group]
            for index in 0..<Self.count {
                $0.groups.append(
                    Self.made(DescribeShareGroupOffsetsRequest.Group()) {
                        $0.groupID = "group-\(index)"
                    })
            }
        }
        list.add(AlterShareGroupOffsetsRequest()) {
            $0.groupID = "altered"
            $0.topics = [
                Self.made(AlterShareGroupOffsetsRequest.Topic()) {
                    $0.topicName = "t"
                    $0.partitions = Self.many(AlterShareGroupOffsetsRequest.Partition()) {
                        $0.partitionIndex = Self.partition($1)
                    }
                }
            ]
        }
        list.add(DeleteShareGroupOffsetsRequest()) {
            $0.groupID = "altered"
            $0.topics = Self.many(DeleteShareGroupOffsetsRequest.Topic()) {
                $0.topicName = $1 == 0 ? "t" : "topic-\($1)"
            }
        }
    }

    /// A session of many partitions, and one that acknowledges record by record, each other one alike.
    mutating func addShareFetches() {
        let topicID = topicID
        func fetch(_ partitions: [Int32]) -> ShareFetchRequest {
            Self.made(ShareFetchRequest()) {
                $0.groupID = "sharers"
                $0.memberID = "somebody"
                $0.maxRecords = Int32(Self.count)
                $0.topics = [
                    Self.made(ShareFetchRequest.Topic()) {
                        $0.topicID = topicID
                        $0.partitions = partitions.map { index in
                            Self.made(ShareFetchRequest.Partition()) { $0.partitionIndex = index }
                        }
                    }
                ]
            }
        }
        let wide = fetch((0..<Self.count).map(Self.partition))
        list.requests.append((.shareFetch, { try $0.ask(wide, version: 2) }))
        let acknowledge = Self.made(ShareAcknowledgeRequest()) {
            $0.groupID = "sharers"
            $0.memberID = "somebody"
            $0.shareSessionEpoch = 1
            $0.topics = fetch([0]).topics
            $0.topics[0].partitions[0].acknowledgementBatches = Self.many(
                ShareAcknowledgementBatch()
            ) {
                $0.firstOffset = Offset(Int64($1))
                $0.lastOffset = $0.firstOffset
                $0.acknowledgeTypes = [$1 % 2 == 0 ? 2 : 1]
            }
        }
        let narrow = fetch([0])
        list.requests.append(
            (
                .shareAcknowledge,
                { client in
                    let values = (0..<Self.count).map { "\($0)" }
                    try client.produce("t", testBatch(values))
                    _ = try client.ask(narrow, version: 2)
                    return try client.ask(acknowledge, version: 2)
                }
            ))
    }

    mutating func addOffsets() {
        let topicID = topicID
        list.add(OffsetCommitRequest()) {
            $0.groupID = "committed"
            $0.topics = [
                Self.made(OffsetCommitRequest.Topic()) {
                    $0.topicID = topicID
                    $0.partitions = Self.many(OffsetCommitRequest.Partition()) {
                        $0.partitionIndex = Self.partition($1)
                    }
                }
            ]
        }
        list.add(OffsetFetchRequest()) {
            $0.groups = [
                Self.made(OffsetFetchRequest.Group()) {
                    $0.groupID = "committed"
                    $0.topics = [
                        Self.made(OffsetFetchRequest.Topic()) {
                            $0.topicID = topicID
                            $0.partitionIndexes = (0..<Self.count).map(Self.partition)
                        }
                    ]
                }
            ]
        }
        list.add(OffsetDeleteRequest()) {
            $0.groupID = "committed"
            $0.topics = [
                Self.made(OffsetDeleteRequest.Topic()) {
                    $0.name = "t"
                    $0.partitions = Self.many(OffsetDeleteRequest.Partition()) {
                        $0.partitionIndex = Self.partition($1)
                    }
                }
            ]
        }
    }
}
