// Flexible versions: compact lengths and tagged fields.

/// The position of a reader in the tagged fields at the end of one structure.
///
///     | count uvarint | then each: tag uvarint | size uvarint | that many bytes |
struct UnreadTags {
    /// How many are still to come, including `next`; `nil` before the count is read.
    var count: Int?
    /// The next field, whose tag and size were read.
    var next: (tag: UInt32, byteCount: Int)?
    var last: UInt32?
}

extension FieldReader {
    public mutating func structure(_ value: inout some FieldSet) throws(ProtocolError) {
        let outer = tags
        tags = UnreadTags()
        try value.read(from: &self)
        if isFlexible { while try nextTag() != nil { try skipTag() } }
        tags = outer
    }

    public mutating func tagged<Value: FieldElement>(
        tag: UInt32, _ name: StaticString, _ value: inout Value?
    ) throws(ProtocolError) {
        precondition(isFlexible, "only flexible versions have tagged fields")
        while let next = try nextTag(), next <= tag {
            if next == tag {
                try readTag(name, &value)
            } else {
                try skipTag()
            }
        }
    }

    /// The tag of the next field, so that tags of newer clients can be skipped; `nil` after the
    /// last.
    private mutating func nextTag() throws(ProtocolError) -> UInt32? {
        if let next = tags.next { return next.tag }
        if tags.count == nil { tags.count = Int(try unsignedVarint("tagged fields")) }
        guard let count = tags.count, count > 0 else { return nil }
        let start = position
        let tag = try unsignedVarint("tag")
        if let last = tags.last, tag <= last {
            throw error("tag", .tagOutOfOrder(tag), at: start)
        }
        let byteCount = Int(try unsignedVarint("size of a tagged field"))
        try require(byteCount, "tagged field")
        tags.next = (tag, byteCount)
        return tag
    }

    private mutating func skipTag() throws(ProtocolError) {
        guard let next = takeTag() else { return }
        position &+= next
    }

    private mutating func readTag<Value: FieldElement>(
        _ name: StaticString, _ value: inout Value?
    ) throws(ProtocolError) {
        guard let byteCount = takeTag() else { return }
        let start = position
        let outerEnd = end
        end = start &+ byteCount
        var present = Value()
        try present.code(name, &self)
        guard position == end else {
            let mismatch = ProtocolError.Reason.tagSizeMismatch(
                stated: byteCount, read: position - start)
            throw error(name, mismatch, at: start)
        }
        end = outerEnd
        value = present
    }

    /// Takes the next field from the list and returns its size.
    private mutating func takeTag() -> Int? {
        guard let next = tags.next, let count = tags.count else { return nil }
        tags.last = next.tag
        tags.next = nil
        tags.count = count - 1
        return next.byteCount
    }

    /// A compact length: n + 1, or 0 for null, which is −1 here as in a classic one.
    mutating func compactLength(_ name: StaticString) throws(ProtocolError) -> Int {
        Int(try unsignedVarint(name)) - 1
    }

    /// Seven bits a byte, least significant first, at most 32 bits.
    public mutating func unsignedVarint(_ name: StaticString) throws(ProtocolError) -> UInt32 {
        let start = position
        var value: UInt64 = 0
        for shift in stride(from: 0, through: 28, by: 7) {
            var byte: UInt8 = 0
            try integer(name, &byte)
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 {
                guard let narrow = UInt32(exactly: value) else { break }
                return narrow
            }
        }
        throw error(name, .invalidVarint, at: start)
    }

    /// Ends the reading: no bytes may follow the last field.
    public func finish() throws(ProtocolError) {
        guard available == 0 else {
            throw error("end of the message", .trailingBytes(available), at: position)
        }
    }
}
