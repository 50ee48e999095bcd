import RecordFormat

/// Finds the share of random bytes with which the real codec, at the profile's batch size, reaches
/// the requested compression ratio. It bisects the share, since more random bytes never compress
/// better.
///
/// The ratio is that of batches as the run will make them: with its keys and timestamps, closed by
/// `batch.size` or by `linger.ms`, header included. A profile without compression is calibrated
/// with zstd's default level, so that the same bytes can be sent with and without a codec.
struct RatioCalibration {
    private let profile: Profile
    private let compression: Compression

    /// Uncompressed bytes of each measurement, or one batch if that is larger: enough that the
    /// ratio hardly depends on the draw.
    private static let sampleByteCount = 1 << 20
    private static let halvings = 14

    init(_ profile: Profile) {
        self.profile = profile
        compression =
            profile.producers.compression.codec == .none
            ? .zstd() : profile.producers.compression
    }

    func run() throws(PayloadError) -> RatioReport {
        let asked = profile.payload.ratio
        var low = 0.0
        var high = 1.0
        var best = (share: 1.0, ratio: try ratio(share: 1))
        for _ in 0..<Self.halvings {
            let share = (low + high) / 2
            let ratio = try ratio(share: share)
            if abs(ratio - asked) < abs(best.ratio - asked) { best = (share, ratio) }
            if ratio > asked { low = share } else { high = share }
        }
        return RatioReport(
            asked: asked, achieved: best.ratio, compression: compression,
            incompressibleShare: best.share)
    }

    private func ratio(share: Double) throws(PayloadError) -> Double {
        var values = MixedValues(incompressibleShare: share, profile)
        var records = PartitionRecords(profile)
        let lingerNanos = profile.producers.linger.nanoseconds
        var (uncompressed, compressed) = (0, 0)
        do {
            var builder = try RecordBatchBuilder(
                batchSize: profile.producers.batchSize, compression: compression)
            func close() throws(RecordFormatError) {
                uncompressed += builder.uncompressedByteCount
                try builder.seal()
                compressed += unsafe builder.sealedBytes.count
                builder.reset()
            }
            var openedNanos: Int64 = 0
            while uncompressed < Self.sampleByteCount {
                values.makeNext()
                let (nanos, key) = unsafe records.next()
                if !builder.isEmpty, nanos - openedNanos >= lingerNanos { try close() }
                // The value that no longer fits begins the next batch.
                while unsafe !append(values.bytes, key, nanos, to: &builder) { try close() }
                if builder.recordCount == 1 { openedNanos = nanos }
            }
        } catch {
            throw .codec(error)
        }
        return Double(uncompressed) / Double(compressed)
    }

    private func append(
        _ value: [UInt8], _ key: UnsafeRawBufferPointer?, _ nanos: Int64,
        to builder: inout RecordBatchBuilder
    ) -> Bool {
        unsafe value.withUnsafeBytes {
            unsafe builder.append(
                timestamp: nanos / 1_000_000, key: key, value: $0,
                headers: UnsafeRawBufferPointer(start: nil, count: 0))
        }
    }
}

/// When the records of one producer to one partition are typically due, and their keys.
private struct PartitionRecords {
    private var schedule: ArrivalSchedule?
    private var keys: PayloadCursor
    /// One in so many of the producer's records goes to the partition.
    private let stride: Int

    init(_ profile: Profile) {
        let producers = profile.producers
        schedule = ArrivalSchedule(
            rate: producers.rate, producer: 0, of: producers.count, seed: profile.seed)
        // The cursor needs a pool, but drawn keys do not depend on its contents.
        var pool = PayloadPoolBuilder(capacity: 1)
        _ = pool.append([0])
        keys = PayloadCursor(
            pool: PayloadPool(pool, corpus: nil, ratio: nil), keys: KeySource(profile.keys),
            producer: 0, of: producers.count, seed: profile.seed)
        let isSpread =
            producers.partitioner == .roundRobin
            || producers.partitioner == .key && profile.keys.kind != .none
        stride = isSpread ? profile.topics.count * profile.topics.partitions : 1
    }

    /// In a closed loop all are due at once, so the size closes a batch.
    mutating func next() -> (nanos: Int64, key: UnsafeRawBufferPointer?) {
        var nanos: Int64 = 0
        for _ in 0..<stride { nanos = schedule?.next() ?? 0 }
        return unsafe (nanos, keys.key(of: keys.next()))
    }
}
