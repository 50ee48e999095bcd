/// Reads the fields of one message from a frame.
///
/// The bytes may be hostile: every length and count is checked against the remaining bytes before
/// memory is allocated for it. Structures nest only as deep as messages declare them; their total
/// memory is bounded by `maximumDecodedByteCount`. Records are not copied.
///
/// Thread contract: one owner; any number of readers may read the same bytes.
public struct FieldReader: FieldCoding, ~Copyable, ~Escapable {
    /// The bound of the memory for one message's arrays; 200,000 partitions of metadata take a
    /// third of it.
    public static var defaultMaximumDecodedByteCount: Int { 64 << 20 }
    /// How much is reserved for an array ahead of its elements, per remaining byte of the frame.
    /// That is enough for most arrays; those of tiny elements grow while they are read.
    static let reservedBytesPerByte = 4
    static let maximumStringByteCount = Int(Int16.max)

    let frame: RawSpan
    let message: Any.Type
    public let version: Int16
    /// Compact lengths, and tagged fields after every structure.
    let isFlexible: Bool
    public internal(set) var position: Int
    /// The end of the frame or, inside a tagged field, of that field.
    var end: Int
    var tags = UnreadTags()
    private var memoryLeft: Int
    private let maximumDecodedByteCount: Int

    /// Reads `frame` from `position` on; `message` is the name in errors.
    @_lifetime(copy frame)
    public init(
        _ frame: RawSpan, at position: Int = 0, message: Any.Type, version: Int16,
        isFlexible: Bool,
        maximumDecodedByteCount: Int = defaultMaximumDecodedByteCount
    ) {
        precondition(position >= 0 && position <= frame.byteCount)
        self.frame = frame
        self.message = message
        self.version = version
        self.isFlexible = isFlexible
        self.position = position
        self.maximumDecodedByteCount = maximumDecodedByteCount
        end = frame.byteCount
        memoryLeft = maximumDecodedByteCount
    }

    var available: Int { end &- position }

    public mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ name: StaticString, _ value: inout Integer
    ) throws(ProtocolError) {
        let byteCount = MemoryLayout<Integer>.size
        try require(byteCount, name)
        value = unsafe Integer(
            bigEndian: frame.unsafeLoadUnaligned(
                fromUncheckedByteOffset: position, as: Integer.self))
        position &+= byteCount
    }

    public mutating func string(
        _ name: StaticString, _ value: inout String?, allowsNull: Bool
    ) throws(ProtocolError) {
        var classic: Int16 = 0
        let start = position
        if !isFlexible { try integer(name, &classic) }
        let stated = isFlexible ? try compactLength(name) : Int(classic)
        guard let byteCount = try length(stated, name, start, allowsNull) else {
            value = nil
            return
        }
        guard byteCount <= Self.maximumStringByteCount else {
            throw error(name, .invalidLength(byteCount), at: start)
        }
        try require(byteCount, name)
        let text = unsafe frame.extracting(position..<position &+ byteCount).withUnsafeBytes {
            // As in Kafka, invalid UTF-8 becomes U+FFFD, and the request is answered.
            unsafe String(decoding: $0, as: UTF8.self)
        }
        // U+FFFD takes more bytes than it replaces; the text must still fit when it is written
        // again.
        guard text.utf8.count <= Self.maximumStringByteCount else {
            throw error(name, .invalidLength(text.utf8.count), at: start)
        }
        value = text
        position &+= byteCount
    }

    public mutating func array<Element: FieldElement>(
        _ name: StaticString, _ value: inout [Element]?, allowsNull: Bool
    ) throws(ProtocolError) {
        guard let count = try count(name, allowsNull) else {
            value = nil
            return
        }
        try require(count * Element.minimumByteCount, name)
        let stride = MemoryLayout<Element>.stride
        try reserve(count * stride, name)
        var elements: [Element] = []
        elements.reserveCapacity(
            min(count, max(1, available * Self.reservedBytesPerByte / stride)))
        for _ in 0..<count {
            var element = Element()
            try element.code(name, &self)
            elements.append(element)
        }
        value = elements
    }

    public mutating func bytes(
        _ name: StaticString, _ value: inout [UInt8]?, allowsNull: Bool
    ) throws(ProtocolError) {
        var range: RecordsRange?
        try records(name, &range, allowsNull: allowsNull)
        guard let range else {
            value = nil
            return
        }
        try reserve(range.byteCount, name)
        value = unsafe frame.extracting(range.range).withUnsafeBytes { unsafe Array($0) }
    }

    public mutating func records(
        _ name: StaticString, _ value: inout RecordsRange?, allowsNull: Bool
    ) throws(ProtocolError) {
        guard let byteCount = try count(name, allowsNull) else {
            value = nil
            return
        }
        try require(byteCount, name)
        value = RecordsRange(position: position, byteCount: byteCount)
        position &+= byteCount
    }

    /// The count of an array or of bytes, not yet checked against the remaining bytes; `nil` for
    /// null.
    private mutating func count(
        _ name: StaticString, _ allowsNull: Bool
    ) throws(ProtocolError) -> Int? {
        var classic: Int32 = 0
        let start = position
        if !isFlexible { try integer(name, &classic) }
        let stated = isFlexible ? try compactLength(name) : Int(classic)
        return try length(stated, name, start, allowsNull)
    }

    private func length(
        _ stated: Int, _ name: StaticString, _ start: Int, _ allowsNull: Bool
    ) throws(ProtocolError) -> Int? {
        if stated >= 0 { return stated }
        guard stated == -1 else { throw error(name, .invalidLength(stated), at: start) }
        guard allowsNull else { throw error(name, .unexpectedNull, at: start) }
        return nil
    }

    func require(_ byteCount: Int, _ name: StaticString) throws(ProtocolError) {
        guard byteCount <= available else {
            throw error(
                name, .truncated(needed: byteCount, available: available), at: position)
        }
    }

    private mutating func reserve(_ byteCount: Int, _ name: StaticString) throws(ProtocolError) {
        guard byteCount <= memoryLeft else {
            throw error(name, .tooLarge(limit: maximumDecodedByteCount), at: position)
        }
        memoryLeft -= byteCount
    }

    @inline(never)
    func error(
        _ name: StaticString, _ reason: ProtocolError.Reason, at position: Int
    ) -> ProtocolError {
        ProtocolError(
            message: "\(message)", version: version, field: name.description,
            position: position, reason: reason)
    }
}
