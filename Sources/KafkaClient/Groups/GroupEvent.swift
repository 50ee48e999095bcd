import RecordFormat

/// What happens to a member of a group, in order.
public enum GroupEvent: Sendable {
    case records(FetchedRecords)
    /// These partitions are the member's, from the committed offsets on.
    case assigned([TopicPartition])
    /// The member is to give these up. The application commits what it has processed, and asks for
    /// the next event: that says that it is done, and the group goes on.
    case revoked([TopicPartition])
    /// These partitions are another member's already; nothing of them can be committed any more.
    case lost([TopicPartition])
}
