import Glibc
import Measurement
import RecordFormat

/// What fuller batches would save: the bytes that a codec stores by records a batch, and the change of
/// `linger.ms` or `batch.size` that saves most for the latency that it costs.
public struct BatchAdvice: Sendable {
    /// A change of one setting.
    public struct Change: Sendable {
        /// `linger.ms 5 → 20 ms`.
        public let text: String
        /// Of the stored bytes, 0…1.
        public let saving: Double
        /// What a record may wait longer.
        public let addedSeconds: Double
        public let recordsPerBatch: Double
    }

    public let compression: Compression
    public let prediction: BatchPrediction
    /// Uncompressed ÷ stored bytes at the predicted records a batch.
    public let ratio: Double
    /// Nil if none saves `leastSaving`.
    public let change: Change?

    /// Smaller savings are not worth a change.
    private static let leastSaving = 0.05
    private static let lingerFactors = [2.0, 4, 10]
    private static let largestLinger = 0.2
    private static let batchFactors = [2, 4, 16]
    private static let largestBatchSize = 1 << 20

    /// Nil for figures of fewer than two sizes of batches.
    public init?(
        _ profile: Profile, _ compression: Compression, pool: PayloadPool, figures: [CodecFigures]
    ) {
        let own = figures.filter { $0.compression == compression && $0.ratio != nil }
            .sorted { $0.recordsPerBatch < $1.recordsPerBatch }
        guard own.count > 1, let last = own.last else { return nil }
        // Of the largest batches, whose header counts least.
        let recordByteCount = last.bytesPerBatch / last.recordsPerBatch
        func predict(_ change: (inout Profile) -> Void) -> BatchPrediction {
            var other = profile
            change(&other)
            return BatchPrediction(other, pool: pool)
        }
        func stored(_ prediction: BatchPrediction) -> Double {
            Self.storedByteCount(ofRecordIn: prediction.recordsPerBatch, own)
        }
        let now = predict { _ in }
        let bytes = stored(now)
        self.compression = compression
        prediction = now
        let header = Double(RecordBatchHeader.byteCount) / now.recordsPerBatch
        ratio = (recordByteCount + header) / bytes
        let linger = profile.producers.linger / .seconds(1)
        var changes: [Change] = []
        for factor in Self.lingerFactors {
            let longer = max(linger, 0.001) * factor
            guard longer <= Self.largestLinger else { continue }
            let then = predict { $0.producers.linger = .microseconds(Int64(longer * 1e6)) }
            changes.append(
                Change(
                    text: "linger.ms \(Self.millis(linger)) → \(Self.millis(longer)) ms",
                    saving: 1 - stored(then) / bytes, addedSeconds: longer - linger,
                    recordsPerBatch: then.recordsPerBatch))
        }
        for factor in Self.batchFactors {
            let size = profile.producers.batchSize * factor
            guard size <= Self.largestBatchSize else { continue }
            let then = predict { $0.producers.batchSize = size }
            changes.append(
                Change(
                    text: "batch.size \(profile.producers.batchSize) → \(size)",
                    saving: 1 - stored(then) / bytes, addedSeconds: 0,
                    recordsPerBatch: then.recordsPerBatch))
        }
        // A larger batch.size costs no latency where it helps, so it goes first; of lingers the one that
        // saves most for a millisecond.
        change = changes.filter { $0.saving >= Self.leastSaving }.max {
            Self.worth($0) < Self.worth($1)
        }
    }

    private static func worth(_ change: Change) -> Double {
        change.saving / (change.addedSeconds * 1_000 + 1)
    }

    private static func millis(_ seconds: Double) -> String {
        let millis = seconds * 1_000
        return millis == millis.rounded() ? "\(Int(millis))" : "\(millis)"
    }

    /// Straight between the measured sizes on logarithmic axes, and level beyond them.
    private static func storedByteCount(
        ofRecordIn recordsPerBatch: Double, _ figures: [CodecFigures]
    ) -> Double {
        let points = figures.map { figures in
            (
                x: log(figures.recordsPerBatch),
                y: log(
                    figures.bytesPerBatch / figures.recordsPerBatch / (figures.ratio?.value ?? 1))
            )
        }
        let x = log(recordsPerBatch)
        guard let after = points.firstIndex(where: { $0.x >= x }) else {
            return exp(points[points.count - 1].y)
        }
        guard after > 0 else { return exp(points[0].y) }
        let (low, high) = (points[after - 1], points[after])
        return exp(low.y + (high.y - low.y) * (x - low.x) / (high.x - low.x))
    }
}
