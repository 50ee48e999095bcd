import RecordFormat

// Of a share group batches come in parts and in no order.
extension PartitionAudit {
    /// With more hints, which are of batches that never come, they begin anew.
    private static let mostLikelyPlaces = 4_096

    /// Notes that a part of an entry's batch came.
    mutating func passPart(_ index: Int, _ header: RecordBatchHeader, _ covered: Int64) {
        let left = (open[index] ?? Int64(header.lastOffsetDelta) + 1) - covered
        if likelyPlaces.count > Self.mostLikelyPlaces { likelyPlaces = [:] }
        if place.awaits(index + 1) { likelyPlaces[header.nextOffset] = index + 1 }
        guard left <= 0 else {
            open[index] = left
            likelyPlaces[header.baseOffset] = index
            return
        }
        open[index] = nil
        likelyPlaces[header.baseOffset] = nil
        place.pass(index)
    }

    /// Notes where in the log the batch of an entry lies.
    @inline(__always)
    mutating func noteLanded(_ entry: LedgerEntry, at index: Int, _ header: RecordBatchHeader) {
        // Where nothing is skipped nothing has to be given up.
        guard isShared, !place.skipped.isEmpty else { return }
        let origin = origin(of: entry, at: index)
        landed.note(origin.producer, origin.sequences.lowerBound, at: header.baseOffset)
    }

    /// Gives up the first skipped entries, as long as a later batch of their producer lies before the group's start
    /// offset: one producer's batches lie in their order, and of what comes before the start offset nothing is given any
    /// more. Without idempotence the order may be another, so that only those are given up that are overdue.
    mutating func follow(start: Offset) {
        landed.pass(start)
        var reader = LedgerReader()
        while let index = ledger.isIdempotent ? place.skipped.first : place.overdue,
            cannotCome(index, &reader)
        {
            exchanged[index] = nil
            open[index] = nil
            place.giveUp(index)
        }
        if place.skipped.isEmpty { landed = LandedBatches() }
        letGo()
    }

    private func cannotCome(_ index: Int, _ reader: inout LedgerReader) -> Bool {
        do throws(TargetError) {
            guard let entry = try entry(at: index, &reader) else { return true }
            let origin = origin(of: entry, at: index)
            return landed.arePast(origin.sequences, of: origin.producer)
        } catch {
            // Whoever needs the entry is told that it cannot be read.
            return false
        }
    }
}

/// Up to which sequence number each producer's batches lie before a share group's start offset, as far as is known.
///
/// Of each producer one batch is remembered until the start offset has passed it, and then the next that comes.
struct LandedBatches {
    private var waiting: [Int: (offset: Offset, sequence: UInt64)] = [:]
    private var passed: [Int: UInt64] = [:]

    /// A producer's batch whose first record has this sequence number begins at this offset.
    mutating func note(_ producer: Int, _ sequence: UInt64, at offset: Offset) {
        if waiting[producer] == nil { waiting[producer] = (offset, sequence) }
    }

    /// The group's start offset is this one.
    mutating func pass(_ start: Offset) {
        for (producer, batch) in waiting where batch.offset < start {
            passed[producer] = max(passed[producer] ?? 0, batch.sequence)
            waiting[producer] = nil
        }
    }

    /// Whether a later batch of the producer lies before the start offset.
    func arePast(_ sequences: Range<UInt64>, of producer: Int) -> Bool {
        passed[producer].map { sequences.upperBound <= $0 } ?? false
    }
}
