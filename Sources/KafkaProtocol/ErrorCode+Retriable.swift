extension ErrorCode {
    /// Whether the same request may succeed when it is sent again, or to another broker: the errors
    /// whose exceptions are retriable in Kafka's Java client.
    public var isRetriable: Bool {
        switch self {
        case .corruptMessage, .unknownTopicOrPartition, .leaderNotAvailable,
            .notLeaderOrFollower, .requestTimedOut, .replicaNotAvailable,
            .networkException, .coordinatorLoadInProgress, .coordinatorNotAvailable,
            .notCoordinator, .notEnoughReplicas, .notEnoughReplicasAfterAppend,
            .notController, .concurrentTransactions, .kafkaStorageError,
            .fetchSessionIDNotFound, .invalidFetchSessionEpoch, .listenerNotFound,
            .fencedLeaderEpoch, .unknownLeaderEpoch, .offsetNotAvailable,
            .preferredLeaderNotAvailable, .eligibleLeadersNotAvailable,
            .electionNotNeeded, .unstableOffsetCommit, .throttlingQuotaExceeded,
            .unknownTopicID, .inconsistentTopicID, .fetchSessionTopicIDError,
            .shareSessionNotFound, .invalidShareSessionEpoch, .shareSessionLimitReached:
            true
        default: false
        }
    }

    /// Kafka's spelling, such as `OFFSET_OUT_OF_RANGE`.
    public var name: String {
        var name = ""
        var previous: Character = "A"
        for letter in "\(self)".replacing("ID", with: "Id") {
            if letter.isUppercase, !previous.isUppercase { name.append("_") }
            name.append(contentsOf: letter.uppercased())
            previous = letter
        }
        return name
    }
}
