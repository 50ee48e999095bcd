import RecordFormat

/// Which segments a cleaned one takes the place of: those that begin from its base offset on and
/// below the end. The cleaned segment's last batch does not say so, since nothing may be left of
/// the last one that it replaces.
///
/// It stands beside the cleaned segment, in the format of Kafka's checkpoints, until the swap is
/// done.
struct ReplacedRange: Equatable {
    static let fileSuffix = ".range"

    var baseOffset: Offset
    var endOffset: Offset

    func write(to path: String) throws(LogError) {
        let file = try File(path, .replace)
        try file.write(
            Array(CheckpointText.encode(["\(baseOffset) \(endOffset)"]).utf8), at: 0)
        try file.synchronizeData()
    }

    init(baseOffset: Offset, endOffset: Offset) {
        self.baseOffset = baseOffset
        self.endOffset = endOffset
    }

    /// Nil where there is no such file, as beside a segment that another broker cleaned, or it is
    /// damaged.
    init?(readFrom path: String) throws(LogError) {
        guard let bytes = try DurableFile.read(path),
            let lines = CheckpointText.decode(bytes, fieldCount: 2), lines.count == 1,
            let base = Int64(lines[0][0]), let end = Int64(lines[0][1]), base >= 0, end >= base
        else { return nil }
        self.init(baseOffset: Offset(base), endOffset: Offset(end))
    }
}
