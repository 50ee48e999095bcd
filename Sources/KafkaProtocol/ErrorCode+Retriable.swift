extension ErrorCode {
    /// The same request may succeed later, sent again or to the right broker. As Kafka's clients
    /// see it: those whose exception is a retriable one.
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
