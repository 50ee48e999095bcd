/// A group's position in a partition's ledger.
///
/// Thread contract: one owner.
struct LedgerPlace {
    /// An entry whose batch did not come is kept for at least this many more batches, in case it
    /// comes late.
    static let skippedHorizon = 4_096
    /// Entries that are checked before the skipped ones: those of a few producers that take turns.
    static let nearby = 32

    /// The index of the entry whose batch is next.
    private(set) var next = 0
    /// Entries before it whose batches did not come, in order.
    private(set) var skipped: [Int] = []

    /// The first index that is still needed.
    var needed: Int { skipped.first ?? next }

    /// The first skipped entry, if enough batches have come since to give it up.
    var overdue: Int? {
        guard let first = skipped.first, first < next - Self.skippedHorizon else { return nil }
        return first
    }

    /// Notes that the batch of the entry at an index came.
    @inline(__always)
    mutating func pass(_ index: Int) {
        if index == next {
            next += 1
        } else {
            passOutOfOrder(index)
        }
    }

    private mutating func passOutOfOrder(_ index: Int) {
        if index > next {
            skipped.append(contentsOf: next..<index)
            next = index + 1
        } else {
            giveUp(index)
        }
    }

    /// Stops waiting for the batch of a skipped entry.
    mutating func giveUp(_ index: Int) {
        let place = placeInSkipped(of: index)
        if place < skipped.count, skipped[place] == index { skipped.remove(at: place) }
    }

    /// Whether the batch of an entry did not come.
    func awaits(_ index: Int) -> Bool {
        if index >= next { return true }
        let place = placeInSkipped(of: index)
        return place < skipped.count && skipped[place] == index
    }

    /// Where it is, or would be.
    private func placeInSkipped(of index: Int) -> Int {
        var (low, high) = (0, skipped.count)
        while low < high {
            let middle = (low + high) / 2
            if skipped[middle] < index { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
