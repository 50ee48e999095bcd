import KafkaProtocol
import RecordFormat

/// Which batches of a fetched run belong to aborted transactions (KIP-98).
///
/// The broker says for each aborted transaction which producer it was and where it began; it ends
/// at the producer's next abort marker. Batches are to be passed in order of offset.
///
/// Thread contract: a value with one owner.
struct AbortedTransactions: Sendable {
    /// Those that begin behind the batches passed so far, the first one last.
    private var upcoming: [FetchResponse.AbortedTransaction]
    private var open: Set<ProducerID> = []

    init(_ list: [FetchResponse.AbortedTransaction]) {
        upcoming = list.sorted { $0.firstOffset > $1.firstOffset }
    }

    /// Whether the batch's records are to be kept from the application.
    ///
    /// - Parameter marker: of a control batch, what it says; nil if it is no transaction marker.
    mutating func hides(_ batch: RecordBatchHeader, marker: ControlRecord.Kind?) -> Bool {
        while let next = upcoming.last, next.firstOffset <= batch.lastOffset {
            open.insert(next.producerID)
            upcoming.removeLast()
        }
        guard !batch.attributes.isControl else {
            if marker == .abort { open.remove(batch.producerID) }
            return true
        }
        return batch.attributes.isTransactional && open.contains(batch.producerID)
    }
}
