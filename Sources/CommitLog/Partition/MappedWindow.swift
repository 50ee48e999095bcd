/// A window onto a segment's file through which a reader in this process sees slices in place.
///
/// What it looks through is shared with the other readers of the same bytes, and is larger than a
/// slice and reaches past the end of a growing file: a reader at the tail sees new bytes without
/// mapping anew, and one that comes after another finds the pages there. Bytes past the published
/// end are never handed out, so no access touches a page beyond the file's end. Thread contract:
/// one reader's own.
@safe
public struct MappedWindow: ~Copyable {
    private var mapping: SegmentMapping?
    // Copies of what the mapping has, so that a fetch touches no reference count that other readers
    // touch, too.
    private var bytes = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    private var position = 0
    private var servedByteCount = 0
    private var file: SegmentFile?
    /// How often this reader had to map something that no reader had mapped, to show that tail
    /// reads do not.
    public private(set) var mapCount = 0

    public init() {}

    /// The bytes of `slice`, valid until the next call.
    ///
    /// They are fewer where somebody has cut the file short, since touching a page beyond the end
    /// of the file would be a SIGBUS. Throws `corrupt` where the file ends before the slice.
    @_lifetime(&self)
    public mutating func bytes(of slice: FileSlice) throws(LogError) -> RawSpan {
        let end = try slice.file.file.byteCount()
        guard end > slice.position else {
            throw .corrupt(
                path: slice.file.file.path, position: end,
                reason: "the file ends here, and batches stood behind")
        }
        if !isServed(slice) { try move(to: slice) }
        let start = slice.position - position
        let bytes = unsafe UnsafeRawBufferPointer(
            rebasing: bytes[start..<start + min(slice.byteCount, end - slice.position)])
        let span = unsafe RawSpan(_unsafeBytes: bytes)
        return unsafe _overrideLifetime(span, mutating: &self)
    }

    /// Lets go of the file, for a reader that pauses.
    public mutating func close() {
        mapping = nil
        unsafe bytes = UnsafeRawBufferPointer(start: nil, count: 0)
        servedByteCount = 0
        file = nil
    }

    private func isServed(_ slice: FileSlice) -> Bool {
        let start = slice.position - position
        return unsafe file === slice.file && start >= 0 && start < servedByteCount
            && slice.byteCount <= bytes.count - start
    }

    private mutating func move(to slice: FileSlice) throws(LogError) {
        close()
        let (found, isNew) = try slice.file.mappings.mapping(for: slice)
        mapping = found
        unsafe bytes = found.bytes
        position = found.position
        servedByteCount = found.servedByteCount
        file = found.file
        if isNew { mapCount += 1 }
    }
}
