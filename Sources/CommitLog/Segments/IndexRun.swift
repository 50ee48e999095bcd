/// A stretch of a sealed segment's offset index, kept by a reader that goes through the segment, so
/// that it need not search the file for each of its reads. Like the index, it is only a hint.
struct IndexRun: Sendable {
    /// 32 KiB of index: 16 MiB of log or more with the default interval.
    static let maximumCount = 4096

    var entries: [OffsetIndexEntry] = []
    /// Whether the index has no entries after these.
    var isLast = false

    /// Whether the entries reach from `start`, a position in the log, to `end`.
    func covers(from start: Int, to end: Int) -> Bool {
        // The index of a small segment may be empty; a fresh run has not looked yet.
        guard let first = entries.first, let last = entries.last else { return isLast }
        return Int(first.position) <= start && (isLast || Int(last.position) > end)
    }

    func lastEntry(atOrBefore position: Int) -> OffsetIndexEntry? {
        let count = partitionPoint(entries.count) { Int(entries[$0].position) <= position }
        return count == 0 ? nil : entries[count - 1]
    }
}
