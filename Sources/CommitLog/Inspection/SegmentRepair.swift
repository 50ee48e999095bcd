import RecordFormat

/// Copies the sound batches of a `.log` file, ours or Kafka's, into another directory. The file
/// stays as it is, and nothing is overwritten. Needs no lock; nobody may append to the file
/// meanwhile.
///
/// A batch is sound where its checksum is right and its offsets come after those before. (The
/// checksum does not cover base offsets. If that of the last batch is too large, it cannot be told
/// from one behind a gap of compaction.) The copy is a segment with gaps: it may take the place of
/// the old file once the index files beside it, which are made anew, are removed.
public struct SegmentRepair: Sendable, Equatable {
    /// Bytes that were left out.
    public struct Damage: Sendable, Equatable {
        public var position: Int
        public var byteCount: Int
        public var reason: String
    }

    /// Of the copy.
    public private(set) var path: String
    public private(set) var batchCount = 0
    public private(set) var recordCount = 0
    public private(set) var byteCount = 0
    public private(set) var damages: [Damage] = []

    private static let chunkByteCount = 1 << 20

    /// Copies `path` to its name in `directory`, which is created where it is missing. Throws
    /// `system` with EEXIST where there is such a file.
    public init(of path: String, in directory: String) throws(LogError) {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard let base = SegmentFileName.offset(in: name, extension: SegmentFileName.log) else {
            throw .corrupt(
                path: path, position: 0,
                reason: "the name is not 20 digits and \(SegmentFileName.log)")
        }
        self.path = "\(directory)/\(name)"
        let source = try SegmentFile(path, .read)
        let end = try source.file.byteCount()
        try createDirectory(directory)
        guard try fileStatus(self.path) == nil else {
            throw .systemError("create", self.path, code: existsCode)
        }
        let copy = try File(self.path, .create)
        var batches = SoundBatches(
            source, from: 0, to: end, nextOffset: base,
            bounds: SoundBatchSearch.Bounds(baseOffset: base),
            trust: SoundBatches.Trust(gapsEnd: Offset(.max)))
        while let step = try batches.next() {
            switch step {
            case .batch(let header, let position):
                try append(position..<position + header.sizeInBytes, of: source, to: copy)
                batchCount += 1
                recordCount += Int(header.recordCount)
            case .damage(let damage):
                let range = damage.range
                if range.upperBound == end,
                    try SpaceReservation.isZeroed(source.file, from: range.lowerBound, to: end)
                {
                    continue
                }
                damages.append(
                    Damage(
                        position: range.lowerBound, byteCount: range.count,
                        reason: damage.reason.description))
            }
        }
        try copy.setModifiedTime(ms: source.file.status().modifiedMs)
        try copy.synchronize()
    }

    private mutating func append(
        _ range: Range<Int>, of source: SegmentFile, to copy: borrowing File
    ) throws(LogError) {
        var next = range.lowerBound
        while next < range.upperBound {
            let bytes = try source.file.bytes(
                at: next, count: min(Self.chunkByteCount, range.upperBound - next))
            guard !bytes.isEmpty else {
                throw .corrupt(path: source.file.path, position: next, reason: "the file shrank")
            }
            try copy.write(bytes, at: byteCount)
            byteCount += bytes.count
            next += bytes.count
        }
    }
}
