import KafkaProtocol
import Testing

@testable import KafkaClient

/// The error codes that Kafka lists for each request of a group member, and what its own consumer
/// does about them.
@Suite("Error codes of a coordinator")
struct GroupReactionTests {
    typealias Table = [ErrorCode: GroupReaction]

    @Test(
        "are answered as Kafka's consumer answers them",
        arguments: [
            (
                ApiKey.findCoordinator,
                [
                    .none: .proceed, .coordinatorNotAvailable: .retry,
                    .coordinatorLoadInProgress: .retry, .groupAuthorizationFailed: .fail,
                    .invalidGroupID: .fail, .invalidRequest: .fail,
                ] as Table
            ),
            (
                .joinGroup,
                [
                    .none: .proceed, .coordinatorLoadInProgress: .retry,
                    .coordinatorNotAvailable: .findCoordinator, .notCoordinator: .findCoordinator,
                    .unknownMemberID: .rejoinUnnamed, .illegalGeneration: .rejoinWithoutPartitions,
                    .rebalanceInProgress: .rejoin, .memberIDRequired: .takeName,
                    .fencedInstanceID: .fail, .inconsistentGroupProtocol: .fail,
                    .invalidSessionTimeout: .fail, .invalidGroupID: .fail,
                    .groupAuthorizationFailed: .fail, .groupMaxSizeReached: .fail,
                    .unsupportedVersion: .fail,
                ]
            ),
            (
                .syncGroup,
                [
                    .none: .proceed, .coordinatorLoadInProgress: .retry,
                    .coordinatorNotAvailable: .findCoordinator, .notCoordinator: .findCoordinator,
                    .unknownMemberID: .rejoinUnnamed, .illegalGeneration: .rejoinWithoutPartitions,
                    .rebalanceInProgress: .rejoin, .fencedInstanceID: .fail,
                    .inconsistentGroupProtocol: .fail, .invalidGroupID: .fail,
                    .groupAuthorizationFailed: .fail,
                ]
            ),
            (
                .heartbeat,
                [
                    .none: .proceed, .coordinatorLoadInProgress: .retry,
                    .coordinatorNotAvailable: .findCoordinator, .notCoordinator: .findCoordinator,
                    .unknownMemberID: .rejoinUnnamed, .illegalGeneration: .rejoinWithoutPartitions,
                    .rebalanceInProgress: .rejoin, .fencedInstanceID: .fail,
                    .invalidGroupID: .fail, .groupAuthorizationFailed: .fail,
                ]
            ),
            (
                .consumerGroupHeartbeat,
                [
                    .none: .proceed, .coordinatorLoadInProgress: .retry,
                    .coordinatorNotAvailable: .findCoordinator, .notCoordinator: .findCoordinator,
                    .unknownMemberID: .rejoinWithoutPartitions,
                    .fencedMemberEpoch: .rejoinWithoutPartitions,
                    .groupIDNotFound: .rejoinWithoutPartitions, .fencedInstanceID: .fail,
                    .unreleasedInstanceID: .fail, .unsupportedAssignor: .fail,
                    .groupMaxSizeReached: .fail, .invalidRequest: .fail,
                    .invalidRegularExpression: .fail, .groupAuthorizationFailed: .fail,
                    .topicAuthorizationFailed: .fail, .unsupportedVersion: .fail,
                ]
            ),
            (
                .leaveGroup,
                [
                    .none: .proceed, .coordinatorLoadInProgress: .proceed,
                    .coordinatorNotAvailable: .proceed, .notCoordinator: .proceed,
                    .unknownMemberID: .proceed, .groupAuthorizationFailed: .proceed,
                ]
            ),
            (
                .offsetCommit,
                [
                    .none: .proceed, .coordinatorLoadInProgress: .retry,
                    .unknownTopicOrPartition: .retry, .coordinatorNotAvailable: .findCoordinator,
                    .notCoordinator: .findCoordinator, .requestTimedOut: .findCoordinator,
                    .unknownMemberID: .rejoinUnnamed, .illegalGeneration: .rejoinWithoutPartitions,
                    .rebalanceInProgress: .rejoin, .fencedInstanceID: .fail,
                    .groupIDNotFound: .rejoinUnnamed, .staleMemberEpoch: .retry,
                    .unknownTopicID: .retry, .unsupportedVersion: .fail,
                    .offsetMetadataTooLarge: .fail, .invalidCommitOffsetSize: .fail,
                    .topicAuthorizationFailed: .fail, .groupAuthorizationFailed: .fail,
                ]
            ),
            (
                .offsetFetch,
                [
                    .none: .proceed, .coordinatorLoadInProgress: .retry,
                    .coordinatorNotAvailable: .findCoordinator, .notCoordinator: .findCoordinator,
                    .unstableOffsetCommit: .retry, .groupAuthorizationFailed: .fail,
                    .topicAuthorizationFailed: .fail, .unknownMemberID: .rejoinUnnamed,
                    .staleMemberEpoch: .retry, .unknownTopicID: .retry,
                ]
            ),
        ])
    func table(api: ApiKey, expected: Table) {
        for (code, reaction) in expected {
            #expect(GroupReaction(code, of: api) == reaction, "\(api) \(code.name)")
        }
    }

    @Test(
        "never leave a member without a next step, whichever request gets which code",
        arguments: ErrorCode.allCases)
    func nextStep(code: ErrorCode) throws {
        for assignors in [[PartitionAssignor.range], [.cooperativeSticky]] {
            var finding = MembershipRun(assignors: assignors)
            finding.find(code)
            expectNextStep(&finding, code)

            var joining = MembershipRun(assignors: assignors)
            joining.find()
            _ = try joining.join()
            joining.answerJoin(
                code, memberID: "m", generation: 1, leader: "x", assignor: assignors[0])
            expectNextStep(&joining, code)

            var syncing = MembershipRun(assignors: assignors)
            syncing.find()
            _ = try syncing.join()
            syncing.answerJoin(
                memberID: "m", generation: 1, leader: "x", assignor: assignors[0])
            _ = try syncing.sync()
            syncing.answerSync([], code)
            expectNextStep(&syncing, code)

            var beating = MembershipRun.stable(assignors: assignors)
            beating.advance(3_000)
            _ = try beating.heartbeat()
            beating.answerHeartbeat(code)
            expectNextStep(&beating, code)
        }
    }

    @Test(
        "to a heartbeat cost a member its name, its partitions, or nothing",
        arguments: [
            (ErrorCode.none, "m", 2, Int32(3)), (.coordinatorLoadInProgress, "m", 2, 3),
            (.notCoordinator, "m", 2, 3), (.rebalanceInProgress, "m", 2, 3),
            (.illegalGeneration, "m", 0, -1), (.unknownMemberID, "", 0, -1),
            (.fencedInstanceID, "m", 0, -1), (.groupAuthorizationFailed, "m", 0, -1),
        ])
    func costs(code: ErrorCode, memberID: String, ownedCount: Int, generation: Int32) throws {
        var run = MembershipRun.stable()
        run.advance(3_000)
        _ = try run.heartbeat()
        run.answerHeartbeat(code)
        #expect(run.member.memberID == memberID)
        #expect(run.member.owned.count == ownedCount)
        #expect(run.member.generation == generation)
        let isLost = run.actions.contains { if case .lose = $0 { true } else { false } }
        #expect(isLost == (ownedCount == 0))
    }

    /// It has asked for something, has something due within a session, or has ended with an error.
    private func expectNextStep(_ run: inout MembershipRun, _ code: ErrorCode) {
        let actions = run.actions
        if run.member.phase == .ended {
            #expect(
                actions.contains { if case .fail = $0 { true } else { false } }, "\(code.name)")
            return
        }
        let isDue = run.member.nextDeadlineMs.map { $0 <= run.nowMs + 45_000 } ?? false
        #expect(!actions.isEmpty || isDue, "\(code.name)")
    }
}
