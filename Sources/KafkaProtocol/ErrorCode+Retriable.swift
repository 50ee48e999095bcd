extension ErrorCode {
    /// Whether the same request may succeed later, sent again or to another broker. As in Kafka's
    /// clients: errors whose exception is retriable.
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
            .shareSessionNotFound, .invalidShareSessionEpoch:
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
