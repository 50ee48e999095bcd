import KafkaProtocol
import Testing

@testable import KafkaClient

/// What follows from each error code of a Produce response.
@Suite("An error of a batch")
struct ProduceErrorTests {
    static let refreshing: Set<ErrorCode> = [
        .unknownTopicOrPartition, .leaderNotAvailable, .notLeaderOrFollower, .brokerNotAvailable,
        .replicaNotAvailable, .networkException, .kafkaStorageError, .listenerNotFound,
        .fencedLeaderEpoch, .unknownLeaderEpoch, .unknownTopicID, .inconsistentTopicID,
        .newLeaderElected,
    ]
    static let producerFatal: Set<ErrorCode> = [
        .producerFenced, .clusterAuthorizationFailed, .transactionalIDAuthorizationFailed,
        .unsupportedVersion, .saslAuthenticationFailed, .transactionCoordinatorFenced,
    ]
    static let abortable: Set<ErrorCode> = [.transactionAbortable, .invalidTxnState]
    static let newID: Set<ErrorCode> = [.invalidProducerEpoch, .invalidProducerIDMapping]
    static let outOfOrder: Set<ErrorCode> = [.outOfOrderSequenceNumber, .unknownProducerID]

    static func kind(_ code: ErrorCode) -> ProduceErrorKind {
        if refreshing.contains(code) { return .refreshMetadata }
        if producerFatal.contains(code) { return .producerFatal }
        if abortable.contains(code) { return .abortable }
        if newID.contains(code) { return .newProducerID }
        if outOfOrder.contains(code) { return .outOfOrder }
        if code == .duplicateSequenceNumber { return .duplicate }
        return code.isRetriable ? .retriable : .fatal
    }

    @Test("has the consequence that it has in Kafka", arguments: ErrorCode.allCases)
    func consequence(code: ErrorCode) throws {
        guard code != .none else { return }
        let kind = Self.kind(code)
        #expect(ProduceErrorKind(code) == kind)

        var bench = ProducerBench()
        bench.add()
        let send = try #require(bench.step().first)
        bench.answer(send, code)
        #expect((bench.refreshCount > 0) == (kind == .refreshMetadata))
        switch kind {
        case .retriable, .refreshMetadata:
            #expect(bench.outcomes.isEmpty)
            #expect(bench.wait(ms: 120).map(\.sequences) == [[0]])
            #expect(bench.sends.map(\.epochs) == [[0], [0]])
        case .outOfOrder:
            #expect(bench.wait(ms: 120).map(\.epochs) == [[1]])
        case .newProducerID:
            #expect(bench.wait(ms: 120).isEmpty)
            #expect(bench.initCount == 1)
        case .duplicate: #expect(bench.outcomes.count == 1)
        case .fatal, .abortable, .producerFatal:
            let error = DeliveryError.broker(code, message: nil)
            #expect(
                bench.outcomes[0]
                    == (code == .unknownServerError ? .inDoubt(error) : .failed(error)))
            #expect((bench.state.fatalError != nil) == (kind == .producerFatal))
        }
    }

    @Test("leaves doubt only where the leader may have appended the batch")
    func doubt() {
        let doubtful = ErrorCode.allCases.filter(\.leavesProduceDoubt)
        #expect(
            Set(doubtful) == [
                .unknownServerError, .requestTimedOut, .notEnoughReplicasAfterAppend,
                .networkException, .kafkaStorageError,
            ])
    }
}
