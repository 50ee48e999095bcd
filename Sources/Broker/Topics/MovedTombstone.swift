import RecordFormat

/// The tombstone of an entry that was moved to another partition.
///
/// A header tells it from one that says that the entry is over: that one counts against an older
/// record in the partition where the entry belongs, and this one does not. Kafka does not look at
/// the header.
enum MovedTombstone {
    static let headers = RecordHeaders([("weir.moved", nil)])

    static func matches(_ record: Record, in bytes: RawSpan) -> Bool {
        guard record.value.isNull, record.headerCount == 1 else { return false }
        // The first byte is the count, which a record keeps apart.
        let expected = headers.bytes.dropFirst()
        guard record.headers.count == expected.count else { return false }
        return unsafe bytes.bytes(of: record.headers).withUnsafeBytes {
            unsafe $0.elementsEqual(expected)
        }
    }
}
