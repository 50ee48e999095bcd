import KafkaProtocol
import RecordFormat

// What becomes of a commit.
extension CommitState {
    mutating func answered(_ response: OffsetCommitResponse, groupID: String, nowMs: Int64) {
        var open = inFlight
        inFlight = [:]
        awaitsAnswer = false
        var again: [TopicPartition: CommittedOffset] = [:]
        var reported: ErrorCode?
        for topic in response.topics {
            for partition in topic.partitions {
                let one = TopicPartition(topic: topic.name, partition: partition.partitionIndex)
                // Not asked for, or answered twice.
                guard let position = open.removeValue(forKey: one) else { continue }
                let code = partition.errorCode
                if code != .none { reported = reported ?? code }
                switch GroupReaction(code, of: .offsetCommit) {
                case .proceed:
                    lastError = nil
                    committed[one] = position
                    settle(nil, for: [one])
                case .retry, .findCoordinator:
                    again[one] = position
                    lastError = .partition(one, code, group: groupID)
                case .rejoin, .rejoinWithoutPartitions, .rejoinUnnamed:
                    settle(.commitFailed(code, group: groupID), for: [one])
                case .takeName, .fail:
                    settle(Self.failure(of: one, code, groupID), for: [one])
                }
            }
        }
        if let one = open.keys.min(by: TopicPartition.comesBefore) {
            settle(
                .invalidAnswer("the answer to a commit lacks \(one)", group: groupID),
                for: open.keys)
        }
        retryLater(again, nowMs: nowMs)
        if let reported { actions.append(.report(reported, generation: inFlightGeneration)) }
    }

    /// The connection was lost, or the answer took too long: whether the offsets were committed is
    /// not known, and committing them twice does no harm.
    mutating func requestFailed(nowMs: Int64) {
        let again = inFlight
        inFlight = [:]
        awaitsAnswer = false
        retryLater(again, nowMs: nowMs)
    }

    /// There is no coordinator that would take them, now or later.
    mutating func refused(_ code: ErrorCode, by api: ApiKey, groupID: String) {
        let open = Set(inFlight.keys).union(pending.keys)
        (inFlight, pending) = ([:], [:])
        awaitsAnswer = false
        settle(.refused(api, code, group: groupID), for: open, sentOnly: false)
    }

    private static func failure(
        of partition: TopicPartition, _ code: ErrorCode, _ groupID: String
    ) -> GroupError {
        switch code {
        case .groupAuthorizationFailed, .invalidGroupID, .fencedInstanceID:
            .refused(.offsetCommit, code, group: groupID)
        default: .partition(partition, code, group: groupID)
        }
    }

    private mutating func retryLater(
        _ offsets: [TopicPartition: CommittedOffset], nowMs: Int64
    ) {
        guard !offsets.isEmpty else {
            failures = 0
            return
        }
        failures += 1
        pausedUntilMs = nowMs + backoff.waitMs(afterFailures: failures, jitter: jitter)
        // What was asked for meanwhile is newer.
        pending.merge(offsets) { newer, _ in newer }
    }

    /// These partitions are decided: who waited for nothing else, or for one that failed, has the
    /// outcome.
    ///
    /// - Parameter sentOnly: leaves out those who asked after the commit was sent.
    mutating func settle(
        _ error: GroupError?, for partitions: some Collection<TopicPartition>,
        sentOnly: Bool = true
    ) {
        var open: [Wait] = []
        for var wait in waits {
            let left = wait.partitions.subtracting(partitions)
            guard wait.isSent || !sentOnly, left.count < wait.partitions.count else {
                open.append(wait)
                continue
            }
            wait.partitions = left
            if let error {
                actions.append(.complete(wait.id, error))
            } else if left.isEmpty {
                actions.append(.complete(wait.id, nil))
            } else {
                open.append(wait)
            }
        }
        waits = open
    }
}
