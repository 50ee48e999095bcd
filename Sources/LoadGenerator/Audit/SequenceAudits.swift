/// The sequence numbers of all producers in one partition.
///
/// Of a producer whose records have come in order so far, which are nearly all, only the next number is
/// kept: there may be ten million pairs of a producer and a partition.
struct SequenceAudits {
    private var next: [UInt64]
    /// Of the producers to whose records something else has happened.
    private var irregular: [Int: SequenceAudit] = [:]

    init(producerCount: Int) { next = Array(repeating: 0, count: producerCount) }

    subscript(producer: Int) -> SequenceAudit {
        get { irregular[producer] ?? SequenceAudit(next: next[producer]) }
        _modify {
            // Taken out and put back, so that its list of gaps is changed in place and not copied.
            var audit =
                irregular.removeValue(forKey: producer) ?? SequenceAudit(next: next[producer])
            defer {
                next[producer] = audit.next
                if !audit.isRegular { irregular[producer] = audit }
            }
            yield &audit
        }
    }

    func next(of producer: Int) -> UInt64 { next[producer] }

    /// Takes the numbers of records that arrived one after the other.
    @inline(__always)
    mutating func observe(_ sequences: Range<UInt64>, of producer: Int) {
        if sequences.lowerBound == next[producer],
            irregular.isEmpty || irregular[producer] == nil
        {
            next[producer] = sequences.upperBound
        } else {
            self[producer].observe(sequences)
        }
    }
}
