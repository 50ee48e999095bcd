import KafkaProtocol
import RecordFormat

@testable import Broker

// Requests about groups of consumers.

extension RequestsOfAllApis {
    mutating func addGroups() {
        let denied = ErrorCode.groupAuthorizationFailed
        add(FindCoordinatorRequest(), denied) { $0.coordinatorKeys = ["g"] }
        add(FindCoordinatorRequest(), denied, version: 3) { $0.key = "g" }
        add(JoinGroupRequest(), denied) {
            $0.groupID = "g"
            $0.sessionTimeoutMs = 10_000
            $0.protocolType = "consumer"
            $0.protocols = [
                Self.made(JoinGroupRequest.GroupProtocol()) { $0.name = "range" }
            ]
        }
        add(SyncGroupRequest(), denied) { $0.groupID = "g" }
        add(HeartbeatRequest(), denied) { $0.groupID = "g" }
        add(LeaveGroupRequest(), denied) { $0.groupID = "g" }
        add(LeaveGroupRequest(), denied, version: 0) { $0.groupID = "g" }
        add(DescribeGroupsRequest(), denied) { $0.groups = ["g"] }
        add(ListGroupsRequest(), nil)
        add(ConsumerGroupHeartbeatRequest(), denied) {
            $0.groupID = "c"
            $0.memberID = "m"
            $0.rebalanceTimeoutMs = 10_000
            $0.subscribedTopicNames = ["t"]
            $0.topicPartitions = []
        }
        add(ConsumerGroupDescribeRequest(), denied) { $0.groupIDs = ["g"] }
        add(DeleteGroupsRequest(), denied) { $0.groupsNames = ["none"] }
        addShareGroups()
    }

    mutating func addShareGroups() {
        let denied = ErrorCode.groupAuthorizationFailed
        add(FindCoordinatorRequest(), .clusterAuthorizationFailed) {
            $0.keyType = .share
            $0.coordinatorKeys = ["s:\(TopicID.random()):0"]
        }
        add(ShareGroupHeartbeatRequest(), denied) {
            $0.groupID = "s"
            $0.memberID = "m"
            $0.subscribedTopicNames = ["t"]
        }
        add(ShareGroupDescribeRequest(), denied) { $0.groupIDs = ["s"] }
        let topicID = topicID
        let topics = [
            Self.made(ShareFetchRequest.Topic()) {
                $0.topicID = topicID
                $0.partitions = [ShareFetchRequest.Partition()]
            }
        ]
        add(ShareFetchRequest(), denied) {
            $0.groupID = "s"
            $0.memberID = "m"
            $0.topics = topics
        }
        add(ShareAcknowledgeRequest(), denied) {
            $0.groupID = "s"
            $0.memberID = "m"
            $0.shareSessionEpoch = 1
            $0.topics = topics
        }
        for version in [0, 1] as [Int16] {
            add(DescribeShareGroupOffsetsRequest(), denied, version: version) {
                $0.groups = [
                    Self.made(DescribeShareGroupOffsetsRequest.Group()) {
                        $0.groupID = "s"
                        $0.topics = [
                            Self.made(DescribeShareGroupOffsetsRequest.Topic()) {
                                $0.topicName = "t"
                                $0.partitions = [0]
                            }
                        ]
                    }
                ]
            }
        }
        add(AlterShareGroupOffsetsRequest(), denied) {
            $0.groupID = "none"
            $0.topics = [
                Self.made(AlterShareGroupOffsetsRequest.Topic()) {
                    $0.topicName = "t"
                    $0.partitions = [AlterShareGroupOffsetsRequest.Partition()]
                }
            ]
        }
        add(DeleteShareGroupOffsetsRequest(), denied) {
            $0.groupID = "none"
            $0.topics = [
                Self.made(DeleteShareGroupOffsetsRequest.Topic()) { $0.topicName = "t" }
            ]
        }
    }

    mutating func addOffsets() {
        let denied = ErrorCode.groupAuthorizationFailed
        let topicID = topicID
        for version in [9, 10] as [Int16] {
            add(OffsetCommitRequest(), denied, version: version) {
                $0.groupID = "g"
                $0.topics = [
                    Self.made(OffsetCommitRequest.Topic()) {
                        $0.name = "t"
                        $0.topicID = topicID
                        $0.partitions = [OffsetCommitRequest.Partition()]
                    }
                ]
            }
            add(OffsetFetchRequest(), denied, version: version) {
                $0.groups = [
                    Self.made(OffsetFetchRequest.Group()) {
                        $0.groupID = "g"
                        $0.topics = [
                            Self.made(OffsetFetchRequest.Topic()) {
                                $0.name = "t"
                                $0.topicID = topicID
                                $0.partitionIndexes = [0]
                            }
                        ]
                    }
                ]
            }
        }
        for version in [1, 7] as [Int16] {
            add(OffsetFetchRequest(), denied, version: version) {
                $0.groupID = "g"
                $0.topics = [
                    Self.made(OffsetFetchRequest.Topic()) {
                        $0.name = "t"
                        $0.partitionIndexes = [0]
                    }
                ]
            }
        }
        add(OffsetDeleteRequest(), denied) {
            $0.groupID = "g"
            $0.topics = [
                Self.made(OffsetDeleteRequest.Topic()) {
                    $0.name = "t"
                    $0.partitions = [OffsetDeleteRequest.Partition()]
                }
            ]
        }
    }
}
