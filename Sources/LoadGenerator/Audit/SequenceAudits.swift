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
        set {
            next[producer] = newValue.next
            irregular[producer] = newValue.isRegular ? nil : newValue
        }
    }

    func next(of producer: Int) -> UInt64 { next[producer] }

    /// Takes the numbers of records that arrived one after the other.
    @inline(__always)
    mutating func observe(_ sequences: Range<UInt64>, of producer: Int) {
        if sequences.lowerBound == next[producer], irregular.isEmpty {
            next[producer] = sequences.upperBound
        } else {
            self[producer].observe(sequences)
        }
    }
}
