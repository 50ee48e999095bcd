/// An entry of a sparse index: fixed in size, in an order that only grows.
protocol IndexEntry: Sendable, Equatable {
    static var byteCount: Int { get }
    init(_ reader: inout BigEndianReader)
    func write(to writer: inout BigEndianWriter)
    /// Whether this entry may stand after `previous` in a sane index.
    func mayFollow(_ previous: Self) -> Bool
}

/// | position | field          | type  |
/// |----------|----------------|-------|
/// | 0        | relativeOffset | Int32 | of the batch's last record, from the segment's base offset
/// | 4        | position       | Int32 | of the batch in the `.log` file
struct OffsetIndexEntry: IndexEntry {
    static let byteCount = 8
    var relativeOffset: Int32
    var position: Int32

    init(relativeOffset: Int32, position: Int32) {
        self.relativeOffset = relativeOffset
        self.position = position
    }

    init(_ reader: inout BigEndianReader) {
        relativeOffset = reader.read()
        position = reader.read()
    }

    func write(to writer: inout BigEndianWriter) {
        writer.append(relativeOffset)
        writer.append(position)
    }

    func mayFollow(_ previous: OffsetIndexEntry) -> Bool {
        relativeOffset > previous.relativeOffset && position > previous.position
    }
}

/// | position | field          | type  |
/// |----------|----------------|-------|
/// | 0        | timestamp      | Int64 | the largest of the segment so far, milliseconds
/// | 8        | relativeOffset | Int32 | of the batch that has it, its last record
struct TimeIndexEntry: IndexEntry {
    static let byteCount = 12
    var timestamp: Int64
    var relativeOffset: Int32

    init(timestamp: Int64, relativeOffset: Int32) {
        self.timestamp = timestamp
        self.relativeOffset = relativeOffset
    }

    init(_ reader: inout BigEndianReader) {
        timestamp = reader.read()
        relativeOffset = reader.read()
    }

    func write(to writer: inout BigEndianWriter) {
        writer.append(timestamp)
        writer.append(relativeOffset)
    }

    func mayFollow(_ previous: TimeIndexEntry) -> Bool {
        timestamp > previous.timestamp && relativeOffset >= previous.relativeOffset
    }
}
