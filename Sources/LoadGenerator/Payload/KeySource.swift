/// The keys of a profile, prepared as bytes; each producer draws its own sequence from them.
///
/// Keys look like `key-0000042`, all of one length. Memory: 11 bytes for each key, and 8 more with
/// `zipfian`.
///
/// Thread contract: immutable.
@safe
public final class KeySource: @unchecked Sendable {
    public let kind: KeyKind
    public let cardinality: Int
    @usableFromInline let bytes: UnsafeMutableRawBufferPointer
    @usableFromInline let popularity: AliasTable?

    @usableFromInline static let keyByteCount = 11
    private static let prefix = Array("key-".utf8)

    public init(_ settings: KeySettings) {
        kind = settings.kind
        switch kind {
        case .none, .payload, .field: cardinality = 0
        case .roundRobin, .uniform, .zipfian: cardinality = settings.cardinality
        }
        popularity =
            kind == .zipfian
            ? .zipfian(count: settings.cardinality, exponent: settings.exponent) : nil
        unsafe bytes = .allocate(byteCount: cardinality * Self.keyByteCount, alignment: 8)
        for index in 0..<cardinality {
            let start = index * Self.keyByteCount
            for (place, byte) in Self.prefix.enumerated() { unsafe bytes[start + place] = byte }
            var rest = index
            for place in (Self.prefix.count..<Self.keyByteCount).reversed() {
                unsafe bytes[start + place] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            }
        }
    }

    deinit { unsafe bytes.deallocate() }

    /// - Precondition: the index is below the cardinality.
    @inlinable
    public func key(_ index: Int) -> UnsafeRawBufferPointer {
        let start = unsafe bytes.baseAddress.unsafelyUnwrapped + index &* Self.keyByteCount
        return unsafe UnsafeRawBufferPointer(start: start, count: Self.keyByteCount)
    }
}
