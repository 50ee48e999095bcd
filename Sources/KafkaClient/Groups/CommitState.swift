import KafkaProtocol
import RecordFormat

/// Which offsets are to be committed, and what became of them.
///
/// Commits are sent one after the other, so that an older one never overwrites a newer one. What
/// waits is merged: of each partition only the newest offset is sent. Those who asked for a commit
/// get its outcome.
///
/// A pure state machine, as `Membership` is.
///
/// Thread contract: a value with one owner.
struct CommitState: Sendable {
    enum Action: Hashable, Sendable {
        /// To be answered by `answered` or `requestFailed`.
        case send(OffsetCommitRequest)
        /// The outcome of the commit with this number; nil where it succeeded.
        case complete(Int, GroupError?)
        /// The coordinator is elsewhere, or the member has to join again.
        case report(ErrorCode, generation: Int32)
    }

    struct Wait {
        var id: Int
        var partitions: Set<TopicPartition>
        var deadlineMs: Int64
        /// Its offsets are in the commit in flight, or were in one that is to be sent again.
        var isSent = false
    }

    let settings: GroupSettings
    let backoff: Backoff
    /// How long an explicit commit is tried, `default.api.timeout.ms`.
    let timeoutMs: Int64
    /// Between 0 and 1, to be drawn anew now and then.
    var jitter = 0.5

    var pending: [TopicPartition: CommittedOffset] = [:]
    /// What the request in flight commits, without what was forgotten meanwhile.
    var inFlight: [TopicPartition: CommittedOffset] = [:]
    var awaitsAnswer = false
    var inFlightGeneration: Int32 = -1
    var committed: [TopicPartition: CommittedOffset] = [:]
    var waits: [Wait] = []
    var nextID = 0
    var failures = 0
    var pausedUntilMs: Int64 = 0
    var autoCommitDueMs: Int64
    var lastError: GroupError?
    var actions: [Action] = []

    init(settings: GroupSettings, backoff: Backoff, timeoutMs: Int64, nowMs: Int64) {
        self.settings = settings
        self.backoff = backoff
        self.timeoutMs = timeoutMs
        autoCommitDueMs = nowMs + settings.autoCommitIntervalMs
    }

    mutating func takeActions() -> [Action] {
        defer { actions.removeAll(keepingCapacity: true) }
        return actions
    }

    var isIdle: Bool { pending.isEmpty && !awaitsAnswer }

    func nextDeadlineMs(canSend: Bool) -> Int64? {
        var deadlines = waits.map(\.deadlineMs)
        if canSend, !pending.isEmpty, !awaitsAnswer { deadlines.append(pausedUntilMs) }
        if settings.enableAutoCommit { deadlines.append(autoCommitDueMs) }
        return deadlines.min()
    }

    /// Commits `offsets`; the number comes back with the outcome.
    mutating func commit(
        _ offsets: [TopicPartition: CommittedOffset], nowMs: Int64
    ) -> Int {
        nextID += 1
        guard !offsets.isEmpty else {
            actions.append(.complete(nextID, nil))
            return nextID
        }
        pending.merge(offsets) { $1 }
        waits.append(
            Wait(id: nextID, partitions: Set(offsets.keys), deadlineMs: nowMs + timeoutMs))
        return nextID
    }

    /// Whether the positions of what was taken are to be committed now, by
    /// `auto.commit.interval.ms`.
    mutating func isAutoCommitDue(nowMs: Int64) -> Bool {
        guard settings.enableAutoCommit, nowMs >= autoCommitDueMs else { return false }
        autoCommitDueMs = nowMs + settings.autoCommitIntervalMs
        return true
    }

    /// Commits the positions that have moved since they were last committed; nobody waits for the
    /// outcome.
    mutating func commitTaken(_ positions: [TopicPartition: CommittedOffset]) {
        for (partition, position) in positions
        where committed[partition] != position && inFlight[partition] != position {
            pending[partition] = position
        }
    }

    /// The offset from which this consumer goes on is committed already.
    mutating func found(_ offset: CommittedOffset, of partition: TopicPartition) {
        committed[partition] = offset
    }

    /// Others have these partitions now, or will have: nothing is committed of them any more, also
    /// not again, as it could overwrite what others have committed.
    mutating func forget(_ partitions: some Collection<TopicPartition>, groupID: String) {
        for one in partitions {
            pending[one] = nil
            inFlight[one] = nil
            committed[one] = nil
        }
        settle(
            .commitFailed(.illegalGeneration, group: groupID), for: partitions, sentOnly: false)
    }

    /// Sends what waits, if there is a coordinator and a generation to commit in.
    mutating func advance(as identity: GroupIdentity, canSend: Bool = true, nowMs: Int64) {
        for wait in waits where nowMs >= wait.deadlineMs {
            let late = GroupError.refused(.offsetCommit, .requestTimedOut, group: identity.groupID)
            actions.append(.complete(wait.id, lastError ?? late))
        }
        waits.removeAll { nowMs >= $0.deadlineMs }
        guard canSend, !awaitsAnswer, !pending.isEmpty, nowMs >= pausedUntilMs else {
            return
        }
        inFlight = pending
        awaitsAnswer = true
        inFlightGeneration = identity.generation
        pending = [:]
        for place in waits.indices { waits[place].isSent = true }
        var request = OffsetCommitRequest()
        request.groupID = identity.groupID
        request.generationIDOrMemberEpoch = identity.generation
        request.memberID = identity.memberID
        request.groupInstanceID = identity.instanceID
        let topics = Dictionary(grouping: inFlight.keys, by: \.topic).sorted { $0.key < $1.key }
        request.topics = topics.map { name, partitions in
            var topic = OffsetCommitRequest.Topic()
            topic.name = name
            topic.partitions = partitions.map(\.partition).sorted().map { index in
                var partition = OffsetCommitRequest.Partition()
                partition.partitionIndex = index
                if let position = inFlight[TopicPartition(topic: name, partition: index)] {
                    partition.committedOffset = position.offset
                    partition.committedLeaderEpoch = position.leaderEpoch
                    partition.committedMetadata = position.metadata
                }
                return partition
            }
            return topic
        }
        actions.append(.send(request))
    }
}
