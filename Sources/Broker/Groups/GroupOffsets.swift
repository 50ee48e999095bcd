import RecordFormat

/// What one group has committed, and what open transactions would commit.
///
/// A pure value. Each offset knows its record's place in `__consumer_offsets`: of two, the later
/// record counts, in whichever order they became durable or their transactions ended.
///
/// Thread contract: a value with one owner, the coordinator.
struct GroupOffsets: Sendable {
    struct Entry: Sendable, Equatable {
        var offset: CommittedOffset
        var recordOffset: Offset

        func isLater(than other: Entry) -> Bool {
            offset.commitTimestampMs > other.offset.commitTimestampMs
        }
    }

    private(set) var committed: [TopicPartition: Entry] = [:]
    /// By the producer whose transaction is open.
    private(set) var staged: [ProducerID: [TopicPartition: Entry]] = [:]
    /// Commits that are written and not yet as durable as promised: the last record of each.
    private var inFlight: [TopicPartition: Offset] = [:]

    var isEmpty: Bool { committed.isEmpty && staged.isEmpty && inFlight.isEmpty }

    subscript(_ topicPartition: TopicPartition) -> CommittedOffset? {
        committed[topicPartition]?.offset
    }

    /// Whether the end of a transaction may still move the partition's offset.
    func isUnstable(_ topicPartition: TopicPartition) -> Bool {
        staged.values.contains { $0[topicPartition] != nil }
    }

    var unstablePartitions: Set<TopicPartition> {
        Set(staged.values.flatMap(\.keys))
    }

    /// The offsets were appended; nobody sees them before `commit`.
    mutating func begin(_ entries: [TopicPartition: Entry]) {
        for (topicPartition, entry) in entries {
            inFlight[topicPartition] = entry.recordOffset
        }
    }

    /// What `begin` announced is durable. Offsets that were deleted in between stay deleted.
    mutating func commit(_ entries: [TopicPartition: Entry]) {
        for (topicPartition, entry) in entries where inFlight[topicPartition] != nil {
            set(topicPartition, entry)
        }
        end(entries)
    }

    /// What `begin` announced could not be made durable.
    mutating func cancel(_ entries: [TopicPartition: Entry]) { end(entries) }

    /// Takes up an offset from a record of the topic, at the start.
    mutating func load(_ topicPartition: TopicPartition, _ entry: Entry) {
        set(topicPartition, entry)
    }

    /// Takes up offsets from a partition that is not the group's, where an open transaction keeps
    /// them. Places of records cannot be compared between partitions: of two offsets the one that
    /// was committed later counts, and any later commit replaces it.
    mutating func adopt(_ stray: GroupOffsets) {
        for (topicPartition, entry) in stray.committed {
            if let present = committed[topicPartition], !entry.isLater(than: present) { continue }
            committed[topicPartition] = Entry(offset: entry.offset, recordOffset: Offset(-1))
        }
        for (producerID, entries) in stray.staged {
            for (topicPartition, entry) in entries {
                var adopted = Entry(offset: entry.offset, recordOffset: Offset(-1))
                if let present = committed[topicPartition] {
                    adopted.recordOffset =
                        entry.isLater(than: present) ? present.recordOffset : Offset(-2)
                }
                stage([topicPartition: adopted], producerID: producerID)
            }
        }
    }

    /// Stages offsets that the producer's transaction may commit.
    mutating func stage(_ entries: [TopicPartition: Entry], producerID: ProducerID) {
        staged[producerID, default: [:]].merge(entries) { $1 }
    }

    /// The transaction of a producer ended. Returns whether it had staged anything here.
    @discardableResult
    mutating func endTransaction(of producerID: ProducerID, committed: Bool) -> Bool {
        guard let entries = staged.removeValue(forKey: producerID) else { return false }
        if committed {
            for (topicPartition, entry) in entries { set(topicPartition, entry) }
        }
        return true
    }

    /// Forgets offsets, those in flight included; returns which there were.
    mutating func remove(
        where isWanted: (TopicPartition) -> Bool
    ) -> [TopicPartition] {
        let removed = committed.keys.filter(isWanted)
        for topicPartition in removed { committed[topicPartition] = nil }
        let announced = inFlight.keys.filter(isWanted)
        for topicPartition in announced { inFlight[topicPartition] = nil }
        return Array(Set(removed).union(announced))
    }

    /// Forgets also what transactions staged: the topic or the whole group is gone.
    mutating func removeStaged(where isWanted: (TopicPartition) -> Bool) {
        for producerID in Array(staged.keys) {
            let left = staged[producerID]?.filter { !isWanted($0.key) } ?? [:]
            staged[producerID] = left.isEmpty ? nil : left
        }
    }

    private mutating func set(_ topicPartition: TopicPartition, _ entry: Entry) {
        if let present = committed[topicPartition], present.recordOffset > entry.recordOffset {
            return
        }
        committed[topicPartition] = entry
    }

    private mutating func end(_ entries: [TopicPartition: Entry]) {
        for (topicPartition, entry) in entries
        where inFlight[topicPartition] == entry.recordOffset {
            inFlight[topicPartition] = nil
        }
    }
}

extension GroupOffsets {
    /// The offsets that have expired (KIP-211). Time counts from when the group became empty; in a
    /// group that only commits, and for topics that a stable group of consumers no longer reads,
    /// from the commit. An offset that a transaction or a commit in flight may replace stays.
    func expired(in group: ConsumerGroup, nowMs: Int64, retentionMs: Int64) -> [TopicPartition] {
        switch group.state {
        case .empty:
            let emptySince = group.protocolType == nil ? nil : group.stateTimestampMs
            return expired(nowMs, retentionMs, since: emptySince) { _ in true }
        case .stable:
            guard let topics = group.subscribedTopics else { return [] }
            return expired(nowMs, retentionMs, since: nil) { !topics.contains($0.topic) }
        case .preparingRebalance, .completingRebalance, .dead:
            return []
        }
    }

    /// Of a group of the consumer protocol: those of topics that no member reads.
    func expired(
        besides topics: Set<String>, nowMs: Int64, retentionMs: Int64
    ) -> [TopicPartition] {
        expired(nowMs, retentionMs, since: nil) { !topics.contains($0.topic) }
    }

    private func expired(
        _ nowMs: Int64, _ retentionMs: Int64, since: Int64?,
        where isWanted: (TopicPartition) -> Bool
    ) -> [TopicPartition] {
        committed.compactMap { topicPartition, entry in
            guard isWanted(topicPartition), inFlight[topicPartition] == nil,
                !isUnstable(topicPartition)
            else { return nil }
            if let expiry = entry.offset.expireTimestampMs {
                return nowMs >= expiry ? topicPartition : nil
            }
            let start = since ?? entry.offset.commitTimestampMs
            let (age, overflow) = nowMs.subtractingReportingOverflow(start)
            return !overflow && age >= retentionMs ? topicPartition : nil
        }
    }
}
