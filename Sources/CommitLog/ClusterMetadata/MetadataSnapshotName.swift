/// The name of a snapshot of the metadata log: `<end offset, 20 digits>-<epoch, 10
/// digits>.checkpoint`.
///
/// Kafka writes it under another ending and renames it when it is complete.
struct MetadataSnapshotName: Comparable {
    static let suffix = ".checkpoint"

    /// The first offset that the snapshot does not contain.
    let endOffset: Int64
    let epoch: Int64
    let fileName: String

    init?(_ fileName: String) {
        guard fileName.hasSuffix(Self.suffix) else { return nil }
        let parts = fileName.dropLast(Self.suffix.count).split(
            separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let endOffset = Self.number(parts[0], digits: 20),
            let epoch = Self.number(parts[1], digits: 10)
        else { return nil }
        self.endOffset = endOffset
        self.epoch = epoch
        self.fileName = fileName
    }

    private static func number(_ text: Substring, digits: Int) -> Int64? {
        guard text.utf8.count == digits, text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int64(text)
    }

    static func < (left: MetadataSnapshotName, right: MetadataSnapshotName) -> Bool {
        (left.endOffset, left.epoch) < (right.endOffset, right.epoch)
    }
}
