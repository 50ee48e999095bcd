import KafkaProtocol

/// What a member does about an error code of its coordinator: as Kafka's own consumer, in one table
/// for all requests of groups.
enum GroupReaction: Hashable, Sendable {
    case proceed
    /// The same again, after a pause.
    case retry
    /// Another broker coordinates the group, or none for now.
    case findCoordinator
    /// The group makes a new generation; the member keeps its name and its partitions.
    case rejoin
    /// The group went on without the member: its partitions are lost.
    case rejoinWithoutPartitions
    /// The coordinator has forgotten the member: its partitions are lost, and it needs a new name.
    case rejoinUnnamed
    /// The coordinator has given the member a name, under which it is to join.
    case takeName
    /// It would fail again.
    case fail

    init(_ code: ErrorCode, of api: ApiKey) {
        self =
            switch (code, api) {
            case (.none, _): .proceed
            // Whatever the answer: the member is gone, at the latest when its session ends.
            case (_, .leaveGroup): .proceed
            case (.coordinatorNotAvailable, .findCoordinator): .retry
            case (.coordinatorNotAvailable, _), (.notCoordinator, _): .findCoordinator
            case (.requestTimedOut, .offsetCommit): .findCoordinator
            // A member that the coordinator assigns to has its name from itself.
            case (.unknownMemberID, .consumerGroupHeartbeat),
                (.unknownMemberID, .shareGroupHeartbeat),
                (.fencedMemberEpoch, .consumerGroupHeartbeat),
                (.fencedMemberEpoch, .shareGroupHeartbeat),
                (.groupIDNotFound, .consumerGroupHeartbeat),
                (.groupIDNotFound, .shareGroupHeartbeat):
                .rejoinWithoutPartitions
            // A heartbeat has brought a newer epoch meanwhile, or will.
            case (.staleMemberEpoch, .offsetCommit), (.staleMemberEpoch, .offsetFetch): .retry
            case (.unknownMemberID, _): .rejoinUnnamed
            case (.illegalGeneration, _): .rejoinWithoutPartitions
            case (.groupIDNotFound, .offsetCommit): .rejoinUnnamed
            case (.rebalanceInProgress, _): .rejoin
            case (.memberIDRequired, .joinGroup): .takeName
            default: code.isRetriable ? .retry : .fail
            }
    }
}
