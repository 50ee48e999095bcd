import Glibc
public import RecordFormat

/// Walks the batches of any `.log` file, ours or Kafka's, and says of each whether it holds. Needs
/// no lock and changes nothing. Somebody may append meanwhile: it ends with what the file had when
/// it was opened, and what looks wrong near that end is looked at again before it is called damage.
///
/// Thread contract: one owner.
public struct SegmentDump: ~Copyable {
    public enum Entry: Sendable, Equatable {
        case batch(Batch)
        /// Zeros up to the end of the file, into which whoever has the segment open, or was killed,
        /// was going to write.
        case unused(position: Int, byteCount: Int)
        /// From here on there are no batches to be found.
        case damage(position: Int, byteCount: Int, reason: String)
    }

    public struct Batch: Sendable, Equatable {
        public var position: Int
        public var header: RecordBatchHeader
        /// The CRC-32C that the bytes have.
        public var computedChecksum: UInt32

        public var isValid: Bool { computedChecksum == header.crc }
    }

    public let path: String
    public let byteCount: Int
    private let file: SegmentFile
    private var scanner: SegmentScanner
    private var isOver = false
    /// Where the next batch begins.
    public var position: Int { scanner.position }
    /// How often a batch is looked at before it is damaged.
    private static let attemptCount = 4

    /// - Parameter position: where a batch begins.
    public init(path: String, from position: Int = 0) throws(LogError) {
        let file = try SegmentFile(path, .read)
        let byteCount = try file.file.byteCount()
        self.path = path
        self.file = file
        self.byteCount = byteCount
        scanner = SegmentScanner(
            file, from: min(position, byteCount), to: byteCount,
            chunkByteCount: SegmentScanner.recoveryChunkByteCount)
    }

    /// The next batch; after the last, what is behind it, if anything; then nil.
    public mutating func next() throws(LogError) -> Entry? {
        guard !isOver, scanner.position < byteCount else { return nil }
        let position = scanner.position
        for attempt in 1... {
            do throws(SegmentScanner.Fault) {
                guard let header = try scanner.next() else { return nil }
                let checksum = try scanner.computedChecksum(header)
                let batch = Batch(position: position, header: header, computedChecksum: checksum)
                let isNearEnd = scanner.position > byteCount - SpaceReservation.zeroingStep
                if batch.isValid || !isNearEnd || attempt == Self.attemptCount {
                    return .batch(batch)
                }
            } catch {
                guard case .format(let error) = error else { throw error.logError(path, position) }
                // Less than it was, where the segment was sealed meanwhile.
                let end = min(byteCount, try file.file.byteCount())
                if end <= position { return nil }
                if try SpaceReservation.isZeroed(file.file, from: position, to: end) {
                    isOver = true
                    return .unused(position: position, byteCount: end - position)
                }
                if attempt == Self.attemptCount {
                    isOver = true
                    return .damage(
                        position: position, byteCount: byteCount - position,
                        reason: error.description)
                }
            }
            // An append that is being made takes less than a millisecond.
            usleep(1000)
            scanner = SegmentScanner(
                file, from: position, to: try file.file.byteCount(),
                chunkByteCount: SegmentScanner.recoveryChunkByteCount)
        }
        return nil
    }

    /// The bytes of a batch, header included, for a `RecordBatchReader`.
    public func bytes(of batch: Batch) throws(LogError) -> [UInt8] {
        try file.file.bytes(at: batch.position, count: batch.header.sizeInBytes)
    }
}
