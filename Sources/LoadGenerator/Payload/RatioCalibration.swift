import RecordFormat

/// Finds the share of random bytes with which the real codec, at the profile's batch size, reaches
/// the asked compression ratio. Halving the range of shares is enough, since more random bytes
/// never compress better.
///
/// The ratio is that of whole batches, header included, of records without keys and headers. What
/// a run adds to each record lowers the ratio of small records, and the run reports what it got.
/// A profile without compression is calibrated with zstd's default level, so that the same bytes
/// can be sent with and without a codec.
struct RatioCalibration {
    private let profile: Profile
    private let compression: Compression

    /// Uncompressed bytes of each measurement, or one batch where that is more: enough that the
    /// ratio does not depend on the draw.
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
        var uncompressed = 0
        var compressed = 0
        do {
            var builder = try RecordBatchBuilder(
                batchSize: profile.producers.batchSize, compression: compression)
            while uncompressed < Self.sampleByteCount {
                values.makeNext()
                // The value that no longer fits begins the next batch.
                while !append(values.bytes, to: &builder) {
                    uncompressed += builder.uncompressedByteCount
                    try builder.seal()
                    compressed += unsafe builder.sealedBytes.count
                    builder.reset()
                }
            }
        } catch {
            throw .codec(error)
        }
        return Double(uncompressed) / Double(compressed)
    }

    private func append(_ value: [UInt8], to builder: inout RecordBatchBuilder) -> Bool {
        unsafe value.withUnsafeBytes {
            unsafe builder.append(
                timestamp: 0, key: nil, value: $0,
                headers: UnsafeRawBufferPointer(start: nil, count: 0))
        }
    }
}
