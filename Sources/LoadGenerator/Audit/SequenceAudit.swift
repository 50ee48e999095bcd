/// Follows the sequence numbers of one producer in one partition, as one consumer group receives
/// them.
///
/// The common case, a batch that begins with the next number, is one comparison. Numbers that were
/// skipped are kept as ranges until they arrive (reordered) or the run ends (lost).
struct SequenceAudit {
    /// With more separate gaps than this, further gaps count as lost at once.
    static let maximumGaps = 65_536

    private(set) var next: UInt64 = 0
    private(set) var duplicated: UInt64 = 0
    private(set) var reordered: UInt64 = 0
    /// Numbers skipped so far: sorted, disjoint, all below `next`.
    private var gaps: [Range<UInt64>] = []
    private var unrememberedLosses: UInt64 = 0

    /// - Parameter next: all numbers before it have arrived, once and in order.
    init(next: UInt64 = 0) { self.next = next }

    /// Whether `next` says all.
    var isRegular: Bool {
        duplicated == 0 && reordered == 0 && unrememberedLosses == 0 && gaps.isEmpty
    }

    /// Whether all of these numbers have arrived.
    func haveArrived(_ sequences: Range<UInt64>) -> Bool {
        sequences.upperBound <= next && !gaps.contains { $0.overlaps(sequences) }
    }

    /// How many of these numbers have arrived.
    func arrivedCount(of sequences: Range<UInt64>) -> UInt64 {
        let passed = sequences.clamped(to: 0..<next)
        return gaps[firstGap(after: passed.lowerBound)...].lazy
            .prefix { $0.lowerBound < passed.upperBound }
            .reduce(UInt64(passed.count)) { $0 - UInt64($1.clamped(to: passed).count) }
    }

    /// Numbers from this one on have not arrived after all.
    ///
    /// - Precondition: they were the last to arrive, and in order.
    mutating func goBack(to sequence: UInt64) {
        precondition(sequence <= next, "sequences that have arrived")
        next = sequence
    }

    /// Takes the numbers of records that arrived one after the other.
    @inline(__always)
    mutating func observe(_ sequences: Range<UInt64>) {
        if sequences.lowerBound == next {
            next = sequences.upperBound
        } else if !closeGap(at: sequences) {
            for sequence in sequences { observe(sequence) }
        }
    }

    /// Takes numbers that came late, if all of them are in one gap: nothing is looked up for each.
    private mutating func closeGap(at sequences: Range<UInt64>) -> Bool {
        let place = firstGap(after: sequences.lowerBound)
        guard place < gaps.count, gaps[place].lowerBound <= sequences.lowerBound,
            sequences.upperBound <= gaps[place].upperBound, !sequences.isEmpty
        else { return false }
        cut(sequences, from: place)
        reordered += UInt64(sequences.count)
        return true
    }

    /// Removes numbers from a gap that has all of them.
    private mutating func cut(_ sequences: Range<UInt64>, from place: Int) {
        let gap = gaps[place]
        switch (gap.lowerBound == sequences.lowerBound, gap.upperBound == sequences.upperBound) {
        case (true, true): gaps.remove(at: place)
        case (true, false): gaps[place] = sequences.upperBound..<gap.upperBound
        case (false, true): gaps[place] = gap.lowerBound..<sequences.lowerBound
        case (false, false):
            gaps[place] = gap.lowerBound..<sequences.lowerBound
            gaps.insert(sequences.upperBound..<gap.upperBound, at: place + 1)
        }
    }

    mutating func observe(_ sequence: UInt64) {
        if sequence == next {
            next += 1
        } else {
            observeOutOfOrder(sequence)
        }
    }

    private mutating func observeOutOfOrder(_ sequence: UInt64) {
        if sequence > next {
            if gaps.count < Self.maximumGaps {
                gaps.append(next..<sequence)
            } else {
                unrememberedLosses += sequence - next
            }
            next = sequence + 1
        } else if closeGap(at: sequence) {
            reordered += 1
        } else {
            duplicated += 1
        }
    }

    /// Removes one number from the gap that contains it; false if no gap does.
    private mutating func closeGap(at sequence: UInt64) -> Bool {
        let place = firstGap(after: sequence)
        guard place < gaps.count, gaps[place].contains(sequence) else { return false }
        cut(sequence..<(sequence + 1), from: place)
        return true
    }

    /// The place of the first gap that ends behind a number.
    private func firstGap(after sequence: UInt64) -> Int {
        var low = 0
        var high = gaps.count
        while low < high {
            let middle = (low + high) / 2
            if gaps[middle].upperBound <= sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Which of the producer's acknowledged records never arrived: how many, and the first.
    ///
    /// - Parameters:
    ///   - end: one past the last number that the producer used.
    ///   - excused: ranges that the target refused or never acknowledged, and ranges that arrived
    ///     in another partition.
    func lost(before end: UInt64, excusing excused: [Range<UInt64>]) -> (
        count: UInt64, first: UInt64?
    ) {
        var missing = gaps
        if next < end { missing.append(next..<end) }
        let rest = missing.subtracting(excused.sorted { $0.lowerBound < $1.lowerBound })
        let count = rest.reduce(unrememberedLosses) { $0 + UInt64($1.count) }
        return (count, rest.first?.lowerBound)
    }
}

extension [Range<UInt64>] {
    /// The parts of these ranges that are in none of the others; both are sorted, these are
    /// disjoint.
    fileprivate func subtracting(_ others: [Range<UInt64>]) -> [Range<UInt64>] {
        var rest: [Range<UInt64>] = []
        var firstOther = 0
        for range in self {
            var start = range.lowerBound
            while firstOther < others.count, others[firstOther].upperBound <= start {
                firstOther += 1
            }
            for other in others[firstOther...] where start < range.upperBound {
                guard other.lowerBound < range.upperBound else { break }
                if start < other.lowerBound { rest.append(start..<other.lowerBound) }
                start = Swift.max(start, other.upperBound)
            }
            if start < range.upperBound { rest.append(start..<range.upperBound) }
        }
        return rest
    }
}
