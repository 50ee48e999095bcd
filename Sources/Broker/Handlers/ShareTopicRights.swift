import CommitLog
import RecordFormat

/// Which topics a client may read: the authorizer is asked once about each.
struct ShareTopicRights {
    private let context: RequestContext
    private let log: LogDirectory
    private var known: [TopicID: Bool] = [:]

    init(_ context: RequestContext, _ log: LogDirectory) {
        self.context = context
        self.log = log
    }

    /// True of a topic that there is not: that may be told to everybody.
    mutating func allow(_ topicID: TopicID) -> Bool {
        guard context.authorizer != nil else { return true }
        if let known = known[topicID] { return known }
        let isAllowed = log.topicName(of: topicID).map { context.allows(.topic, $0) } ?? true
        known[topicID] = isAllowed
        return isAllowed
    }
}
