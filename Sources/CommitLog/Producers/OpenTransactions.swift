import RecordFormat

/// The transactions of a partition that have data in it and no marker yet, by their first offsets.
/// Thread contract: a value, held with the producers.
struct OpenTransactions: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        var firstOffset: Offset
        var producerID: ProducerID
    }

    /// In the order of the first offsets: a new one comes last.
    private(set) var entries: [Entry] = []

    /// The first offset that is not decided yet; nil where nothing is open.
    var firstOffset: Offset? { entries.first?.firstOffset }

    mutating func begin(at offset: Offset, producerID: ProducerID) {
        let entry = Entry(firstOffset: offset, producerID: producerID)
        guard let last = entries.last, last.firstOffset >= offset else {
            entries.append(entry)
            return
        }
        // Only a snapshot's producers come in another order.
        let index = partitionPoint(entries.count) { entries[$0].firstOffset < offset }
        entries.insert(entry, at: index)
    }

    mutating func end(at offset: Offset) {
        let index = partitionPoint(entries.count) { entries[$0].firstOffset < offset }
        precondition(
            index < entries.count && entries[index].firstOffset == offset,
            "what a producer has open is listed")
        entries.remove(at: index)
    }
}

/// A transaction that a marker ended: Kafka's `CompletedTxn`.
struct CompletedTransaction: Sendable, Equatable {
    var producerID: ProducerID
    var firstOffset: Offset
    /// Of the marker.
    var lastOffset: Offset
    var isAborted: Bool
    /// Below it everything was decided once the transaction had ended.
    var lastStableOffset: Offset

    var indexEntry: TransactionIndexEntry {
        TransactionIndexEntry(
            producerID: producerID, firstOffset: firstOffset, lastOffset: lastOffset,
            lastStableOffset: lastStableOffset)
    }
}
