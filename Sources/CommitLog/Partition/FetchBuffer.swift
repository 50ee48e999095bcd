/// A reusable buffer into which a reader in this process copies slices.
///
/// The other way is `MappedWindow`. A copy costs a pass over the bytes but no page faults: it is the faster
/// one where batches of some 64 KiB were written, for those leave the page cache in small pieces; after
/// batches of a megabyte the window is. Small slices stay in the processor's cache: ask for 256 KiB or so.
/// Thread contract: one reader's own.
@safe
public struct FetchBuffer: ~Copyable {
    private var buffer: UnsafeMutableRawBufferPointer

    /// A buffer of `byteCount`; a larger slice makes it grow.
    public init(byteCount: Int = 256 << 10) {
        unsafe buffer = .allocate(byteCount: max(byteCount, 1), alignment: 4096)
    }

    deinit {
        unsafe buffer.deallocate()
    }

    /// The bytes of `slice`, valid until the next call.
    @_lifetime(&self)
    public mutating func bytes(of slice: FileSlice) throws(LogError) -> RawSpan {
        if unsafe buffer.count < slice.byteCount {
            unsafe buffer.deallocate()
            unsafe buffer = .allocate(byteCount: slice.byteCount, alignment: 4096)
        }
        try unsafe slice.copy(to: buffer)
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<slice.byteCount])
        let span = unsafe RawSpan(_unsafeBytes: bytes)
        return unsafe _overrideLifetime(span, mutating: &self)
    }
}
