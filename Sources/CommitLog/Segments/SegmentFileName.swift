import RecordFormat

/// The names of a segment's files: the base offset in 20 digits, and what the file holds.
enum SegmentFileName {
    static let log = ".log"
    static let offsetIndex = ".index"
    static let timeIndex = ".timeindex"
    static let transactionIndex = ".txnindex"
    static let producerSnapshot = ".snapshot"
    /// Appended to the names of files that wait for their removal.
    static let deleted = ".deleted"
    /// Appended to those of a segment that compaction has not finished writing.
    static let cleaned = ".cleaned"
    /// Appended to those of one that is complete and about to replace others.
    static let swap = ".swap"

    static func stem(_ baseOffset: Offset) -> String {
        let digits = String(baseOffset.rawValue)
        return String(repeating: "0", count: max(0, 20 - digits.count)) + digits
    }

    /// The offset in a name such as `00000000000000000000.log`, nil where it is none.
    static func offset(in name: String, extension suffix: String) -> Offset? {
        guard name.hasSuffix(suffix) else { return nil }
        let digits = name.dropLast(suffix.count)
        guard digits.count == 20, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int64(digits).map { Offset($0) }
    }
}
