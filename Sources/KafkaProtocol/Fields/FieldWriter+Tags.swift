// Flexible versions: unsigned varints and tagged fields. A field without a value is omitted.

extension FieldWriter {
    public mutating func structure(_ value: inout some FieldSet) throws(ProtocolError) {
        let outer = tagCountPosition
        tagCountPosition = nil
        try value.write(to: &self)
        if isFlexible, tagCountPosition == nil { bytes.append(0) }
        tagCountPosition = outer
    }

    public mutating func tagged<Value: FieldElement>(
        tag: UInt32, _ name: StaticString, _ value: inout Value?
    ) throws(ProtocolError) {
        precondition(isFlexible, "only flexible versions have tagged fields")
        guard var present = value else { return }
        let countPosition = tagCountPosition ?? bytes.count
        if tagCountPosition == nil { bytes.append(0) }
        tagCountPosition = countPosition
        // One byte is enough: no structure declares 128 of them.
        bytes[countPosition] += 1

        append(unsignedVarint: tag)
        let start = bytes.count
        try present.code(name, &self)
        insert(unsignedVarint: UInt32(bytes.count - start), at: start)
    }

    public mutating func append(unsignedVarint value: UInt32) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Inserts the size of the bytes from `position` on before them, once it is known. No tagged
    /// field has records, so no splice moves.
    private mutating func insert(unsignedVarint value: UInt32, at position: Int) {
        precondition(splices.last.map { $0.position <= position } ?? true)
        let end = bytes.count
        append(unsignedVarint: value)
        let size = Array(bytes[end...])
        bytes.removeLast(size.count)
        bytes.insert(contentsOf: size, at: position)
    }
}
