import RecordFormat

/// The search for a batch's entry where it is not the next one.
extension PartitionAudit {
    /// The index of the batch's entry among those whose batches have not come: by producer and
    /// sequence if the header has them, else by time and content.
    ///
    /// - Parameter likely: where it should be, if somebody knows.
    mutating func indexOfEntry(
        of visited: borrowing VisitedRecords, _ header: RecordBatchHeader, from sender: Sender,
        near likely: Int? = nil, _ reader: inout LedgerReader
    ) throws(TargetError) -> Int? {
        if case .named(let producer, let baseSequence) = sender,
            let numbers = sequenceNumbers(
                from: baseSequence, count: Int(header.lastOffsetDelta) + 1, of: producer),
            sequences[producer].haveArrived(numbers)
        {
            return nil
        }
        let place = self.place
        let end = own.indices.upperBound
        if let likely {
            for index in max(likely - LedgerPlace.nearby, 0)..<(likely + LedgerPlace.nearby)
            where place.awaits(index) {
                if try isIndex(index, of: visited, sender, &reader) { return index }
            }
        }
        let near = min(place.next + LedgerPlace.nearby, end)
        let nearby = place.next..<max(near, place.next)
        if sender.isNamed {
            // Where it is most likely.
            for index in nearby where try isIndex(index, of: visited, sender, &reader) {
                return index
            }
            for index in place.skipped where try isIndex(index, of: visited, sender, &reader) {
                return index
            }
        } else if let index = try indexOfEqual(visited, sender, nearby: nearby, &reader) {
            return index
        }
        guard near < end, searchesLeft > 0 else { return nil }
        for index in near..<end where try isIndex(index, of: visited, sender, &reader) {
            return index
        }
        searchesLeft -= 1
        return nil
    }

    private func isIndex(
        _ index: Int, of visited: borrowing VisitedRecords, _ sender: Sender,
        _ reader: inout LedgerReader
    ) throws(TargetError) -> Bool {
        guard let entry = try entry(at: index, &reader), isEntry(entry, of: sender) else {
            return false
        }
        return sender.isNamed || visited.hasChecks(of: entry)
    }

    /// For a batch without a name whose content is in no entry: the entry with its time that has
    /// most of its records, or else the same number of records.
    func likeliestIndex(
        of visited: borrowing VisitedRecords, from sender: Sender, _ reader: inout LedgerReader
    ) throws(TargetError) -> Int? {
        guard !sender.isNamed else { return nil }
        var best: (index: Int, common: Int)?
        let end = min(place.next + Self.searchLimit, own.indices.upperBound)
        for index in place.skipped + Array(place.next..<max(end, place.next)) {
            guard let entry = try entry(at: index, &reader) else { continue }
            guard isEntry(entry, of: sender) else {
                // Entries so far ahead have later times.
                if index > place.next + LedgerPlace.skippedHorizon { break }
                continue
            }
            let common = visited.commonChecks(with: entry)
            guard common > 0 || entry.recordCount == visited.count else { continue }
            if common > best?.common ?? -1 { best = (index, common) }
        }
        return best?.index
    }
}
