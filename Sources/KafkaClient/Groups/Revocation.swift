import RecordFormat

/// How far the application is in giving up partitions.
enum Revocation: Hashable, Sendable {
    /// It is in the middle of what it got, or waits for more.
    case due([TopicPartition])
    /// The event waits to be taken.
    case announced([TopicPartition])
    /// It has the event.
    case told([TopicPartition])
    /// It has come back for more, so it is done; the commit may still be on its way, and is waited
    /// for until then.
    case confirmed([TopicPartition], untilMs: Int64)

    var deadlineMs: Int64? {
        if case .confirmed(_, let untilMs) = self { untilMs } else { nil }
    }
}
