extension RecordBatchBuilder {
    /// `append` for spans, with the same contract.
    @inlinable
    public mutating func append(
        timestamp: Int64, key: RawSpan?, value: RawSpan?, headers: RawSpan
    ) -> Bool {
        // The pointers are used only while the spans are alive.
        unsafe append(
            timestamp: timestamp, key: Self.pointer(to: key), value: Self.pointer(to: value),
            headers: headers.withUnsafeBytes { unsafe $0 })
    }

    @inlinable @inline(__always)
    static func pointer(to span: RawSpan?) -> UnsafeRawBufferPointer? {
        guard let span else { return nil }
        return unsafe span.withUnsafeBytes { unsafe $0 }
    }

    /// `append` for arrays, for code whose speed does not matter.
    public mutating func append(
        timestamp: Int64, key: [UInt8]?, value: [UInt8]?, headers: RecordHeaders = .empty
    ) -> Bool {
        unsafe append(
            timestamp: timestamp, key: key?.span.bytes, value: value?.span.bytes,
            headers: headers.bytes.span.bytes)
    }
}
