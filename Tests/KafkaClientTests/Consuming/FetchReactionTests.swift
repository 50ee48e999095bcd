import KafkaProtocol
import RecordFormat
import Testing

@testable import KafkaClient

/// The error codes that Kafka lists for what a consumer asks a leader, and what its own consumer
/// does about them.
@Suite("Error codes of a leader")
struct FetchReactionTests {
    typealias Table = [ErrorCode: FetchReaction]

    private static let leadership: Table = [
        .none: .proceed, .notLeaderOrFollower: .refreshMetadata,
        .replicaNotAvailable: .refreshMetadata, .kafkaStorageError: .refreshMetadata,
        .fencedLeaderEpoch: .refreshMetadata, .offsetNotAvailable: .refreshMetadata,
        .leaderNotAvailable: .refreshMetadata, .unknownTopicOrPartition: .refreshMetadata,
        .unknownTopicID: .refreshMetadata, .inconsistentTopicID: .refreshMetadata,
        .unknownLeaderEpoch: .retry, .unknownServerError: .retry,
        .topicAuthorizationFailed: .fail, .corruptMessage: .fail, .invalidRequest: .fail,
        .unsupportedVersion: .fail, .unsupportedForMessageFormat: .fail,
    ]

    @Test(
        "are answered as Kafka's consumer answers them",
        arguments: [
            (ApiKey.fetch, leadership.merging([.offsetOutOfRange: .resetOffset]) { $1 }),
            (.listOffsets, leadership), (.offsetForLeaderEpoch, leadership),
        ])
    func table(api: ApiKey, expected: Table) {
        for (code, reaction) in expected {
            #expect(FetchReaction(code, of: api) == reaction, "\(api) \(code.name)")
        }
    }

    @Test("never leave a partition without a next step", arguments: ErrorCode.allCases)
    func nextStep(code: ErrorCode) throws {
        var fetching = FetchRun.fetching([0: 0])
        _ = try fetching.fetch()
        fetching.answerFetch([(0, [], code)])
        expectNextStep(&fetching, code)

        var locating = FetchRun()
        locating.state.seek([locating.partition(0): .latest])
        locating.lead([0], by: 1, epoch: 5)
        _ = try locating.listOffsets()
        locating.answerListOffsets(0, 3, code)
        expectNextStep(&locating, code)

        var validating = FetchRun()
        validating.state.seek([validating.partition(0): .offset(Offset(3), LeaderEpoch(1))])
        validating.lead([0], by: 1, epoch: 5)
        _ = try validating.leaderEpoch()
        validating.answerLeaderEpoch(0, end: 3, epoch: 1, code)
        expectNextStep(&validating, code)
    }

    /// It asks again at once or after a pause, or hands out an error.
    private func expectNextStep(_ run: inout FetchRun, _ code: ErrorCode) {
        let asksNow = run.actions().contains { $0 != .refreshMetadata }
        let isPaused = run.state.nextDeadlineMs(after: run.nowMs) != nil
        let hasFailed =
            (try? run.state.take()) == nil
            && run.state.partitions.values
                .contains { $0.phase == .failed }
        #expect(asksNow || isPaused || hasFailed, "\(code.name)")
        #expect(!(asksNow && hasFailed), "\(code.name)")
    }
}
