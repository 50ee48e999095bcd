public import RecordFormat

/// Walks the batches of any `.log` file, ours or Kafka's, and says of each whether it holds. Needs no
/// lock: it reads the file as it is at the time of opening and changes nothing.
///
/// Thread contract: one owner.
public struct SegmentDump: ~Copyable {
    public enum Entry: Sendable, Equatable {
        case batch(Batch)
        /// Zeros up to the end of the file, into which whoever has the segment open, or was killed, was
        /// going to write.
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

    public init(path: String) throws(LogError) {
        let file = try SegmentFile(path, .read)
        let byteCount = try file.file.byteCount()
        self.path = path
        self.file = file
        self.byteCount = byteCount
        scanner = SegmentScanner(
            file, from: 0, to: byteCount, chunkByteCount: SegmentScanner.recoveryChunkByteCount)
    }

    /// The next batch; after the last, what is behind it, if anything; then nil.
    public mutating func next() throws(LogError) -> Entry? {
        guard !isOver else { return nil }
        let position = scanner.position
        do throws(SegmentScanner.Fault) {
            guard let header = try scanner.next() else {
                isOver = true
                return nil
            }
            let checksum = try scanner.computedChecksum(header)
            return .batch(Batch(position: position, header: header, computedChecksum: checksum))
        } catch {
            isOver = true
            switch error {
            case .format(let error):
                if try SpaceReservation.isZeroed(file.file, from: position, to: byteCount) {
                    return .unused(position: position, byteCount: byteCount - position)
                }
                return .damage(
                    position: position, byteCount: byteCount - position, reason: error.description)
            case .log(let error):
                throw error
            }
        }
    }

    /// The bytes of a batch, header included, for a `RecordBatchReader`.
    public func bytes(of batch: Batch) throws(LogError) -> [UInt8] {
        try file.file.bytes(at: batch.position, count: batch.header.sizeInBytes)
    }
}
