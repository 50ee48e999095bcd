import RecordFormat

/// Fills record batches from a payload pool, repeatedly: the engine's share of a producer's work,
/// without schedule, audit and histograms.
///
/// Thread contract: one owner.
struct RecordFeed {
    let pool: PayloadPool
    private var place = 0
    /// Milliseconds; records of a batch share it.
    private let timestamp: Int64

    init(_ pool: PayloadPool, timestamp: Int64) {
        self.pool = pool
        self.timestamp = timestamp
    }

    /// Appends records until the batch is full.
    mutating func fill(_ builder: inout RecordBatchBuilder) {
        builder.reset()
        while unsafe builder.append(
            timestamp: timestamp, key: pool.key(place), value: pool.value(place),
            headers: pool.headers(place), valueIsPadded: true)
        {
            pool.prefetch(after: place)
            place = place + 1 == pool.count ? 0 : place + 1
        }
    }
}
