/// The batches that rows of `codecs.csv` are on: so many records, a `batch.size`, or those of a stored
/// topic.
struct CodecBatch: Hashable {
    var records: Int?
    var sizeBytes: Int?
    /// How many stored batches are one; 1: as they are stored.
    var stored: Int?
    var topic: String?

    /// `100 records a batch`, `batch.size 16384`, `orders, batches as stored`.
    var text: String {
        let own =
            if let records {
                "\(Figure.count(Int64(records))) records a batch"
            } else if let stored {
                stored == 1 ? "batches as stored" : "\(stored) stored batches in one"
            } else {
                sizeBytes.map { "batch.size \($0)" } ?? "batches"
            }
        return topic.map { "\($0), \(own)" } ?? own
    }

    init(records: Int? = nil, sizeBytes: Int? = nil, stored: Int? = nil, topic: String? = nil) {
        self.records = records
        self.sizeBytes = sizeBytes
        self.stored = stored
        self.topic = topic
    }

    /// Of a row of `codecs.csv`.
    init(_ row: CSVTable.Row) {
        func number(_ column: String) -> Int? { row.number(column).flatMap { Int(exactly: $0) } }
        self.init(
            records: number("batch_records"), sizeBytes: number("batch_size_bytes"),
            stored: number("stored_batches"), topic: row["topic"])
    }
}
