// Two producers may send the same records in the same millisecond, since all go through one pool.
// Without names nobody can tell which batch is whose. If the audit takes the wrong one first, their
// batches seem to be out of order as soon as the producers part.
extension PartitionAudit {
    /// The most equal entries that are tried.
    private static let mostTwins = 16

    /// Of equal entries the first that continues what its producer has sent. Without one, the first that
    /// does so after an exchange; else the oldest.
    mutating func indexOfEqual(
        _ visited: borrowing VisitedRecords, _ sender: Sender, nearby: Range<Int>,
        _ reader: inout LedgerReader
    ) throws(TargetError) -> Int? {
        var others: [Int] = []
        for index in [place.skipped, Array(nearby)].joined() {
            guard let entry = try entry(at: index, &reader), isEntry(entry, of: sender),
                visited.hasChecks(of: entry)
            else { continue }
            let origin = origin(of: entry, at: index)
            if sequences[origin.producer].next == origin.sequences.lowerBound { return index }
            if others.count < Self.mostTwins { others.append(index) }
        }
        // Where no order is claimed, either is as good.
        if isShared { return others.first }
        for index in others where try exchangeTwins(before: index, &reader) { return index }
        return others.first
    }

    /// If a producer's batches are missing before an entry, and the last batches of another producer have
    /// their contents, takes those for the missing ones; what still has to come is the other producer's.
    ///
    /// - Returns: whether nothing is missing any more.
    private mutating func exchangeTwins(
        before index: Int, _ reader: inout LedgerReader
    ) throws(TargetError) -> Bool {
        guard let entry = try entry(at: index, &reader) else { return false }
        let origin = origin(of: entry, at: index)
        let next = sequences[origin.producer].next
        guard next < origin.sequences.lowerBound else { return false }
        let missing = try batches(
            of: origin.producer, in: next..<origin.sequences.lowerBound, before: index, &reader)
        guard !missing.isEmpty,
            let others = recent.exchange(
                missing.map { ($0.origin, $0.content) }, next: { [sequences] in sequences[$0].next }
            ),
            let first = others.first
        else { return false }
        for batch in missing { sequences[origin.producer].observe(batch.origin.sequences) }
        sequences[first.producer].goBack(to: first.sequences.lowerBound)
        for (batch, other) in zip(missing, others) { exchanged[batch.index] = other }
        return true
    }

    /// A producer's batches with these sequences, in order, if they are all among the entries before an
    /// index and can all be among the recent ones; else none.
    private func batches(
        of producer: Int, in gap: Range<UInt64>, before index: Int, _ reader: inout LedgerReader
    ) throws(TargetError) -> [(index: Int, origin: BatchOrigin, content: RecentBatches.Content)] {
        var found: [(index: Int, origin: BatchOrigin, content: RecentBatches.Content)] = []
        var count: UInt64 = 0
        for index in [place.skipped, Array(place.next..<max(index, place.next))].joined() {
            guard let entry = try entry(at: index, &reader) else { continue }
            let origin = origin(of: entry, at: index)
            guard origin.producer == producer, gap.contains(origin.sequences.lowerBound) else {
                continue
            }
            guard found.count < RecentBatches.capacity else { return [] }
            found.append((index, origin, content(of: entry)))
            count += UInt64(origin.sequences.count)
        }
        guard count == UInt64(gap.count) else { return [] }
        return found.sorted { $0.origin.sequences.lowerBound < $1.origin.sequences.lowerBound }
    }
}
