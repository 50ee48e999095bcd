/// The batches that rows of `codecs.csv` are on: so many records, or a `batch.size`.
struct CodecBatch: Hashable {
    var records: Int?
    var sizeBytes: Int?

    /// `100 records a batch`, `batch.size 16384`.
    var text: String {
        if let records { return "\(Figure.count(Int64(records))) records a batch" }
        return sizeBytes.map { "batch.size \($0)" } ?? "batches"
    }
}
