import Glibc

/// A window onto a segment's file through which a reader in this process sees slices in place.
///
/// The window is mapped larger than a slice and reaches past the end of a growing file: a reader at the
/// tail sees new bytes without mapping anew, and its resident memory is bounded by the window. Bytes
/// past the published end are never handed out, so no access touches a page beyond the file's end.
/// Thread contract: one reader's own.
@safe
public struct MappedWindow: ~Copyable {
    public static let defaultByteCount = 8 << 20

    private let windowByteCount: Int
    private var file: SegmentFile?
    private var mapping = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var mappedByteCount = 0
    /// The position in the file of the mapping's first byte, a multiple of the page size.
    private var mappedPosition = 0
    /// How often the window was mapped, to show that tail reads do not.
    public private(set) var mapCount = 0

    /// A window of `byteCount`, at least a page; a larger slice gets a larger one.
    public init(byteCount: Int = defaultByteCount) {
        windowByteCount = max(byteCount, Self.pageByteCount)
    }

    deinit {
        if let start = unsafe mapping.baseAddress { unsafe _ = munmap(start, mapping.count) }
    }

    /// The bytes of `slice`, valid until the next call.
    @_lifetime(&self)
    public mutating func bytes(of slice: FileSlice) throws(LogError) -> RawSpan {
        let isMapped =
            file === slice.file && slice.position >= mappedPosition
            && slice.position + slice.byteCount <= mappedPosition + mappedByteCount
        if !isMapped { try map(slice) }
        let start = slice.position - mappedPosition
        let bytes = unsafe UnsafeRawBufferPointer(
            rebasing: mapping[start..<start + slice.byteCount])
        let span = unsafe RawSpan(_unsafeBytes: bytes)
        return unsafe _overrideLifetime(span, mutating: &self)
    }

    /// Lets go of the file, for a reader that pauses.
    public mutating func close() {
        if let start = unsafe mapping.baseAddress { unsafe _ = munmap(start, mapping.count) }
        unsafe mapping = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        mappedByteCount = 0
        file = nil
    }

    private mutating func map(_ slice: FileSlice) throws(LogError) {
        close()
        let position = slice.position / Self.pageByteCount * Self.pageByteCount
        let needed = slice.position - position + slice.byteCount
        let byteCount = max(windowByteCount, Self.roundUpToPage(needed))
        let start = unsafe mmap(
            nil, byteCount, PROT_READ, MAP_SHARED, slice.fileDescriptor, position)
        guard let start = unsafe start, unsafe start != MAP_FAILED else {
            throw .fromErrno("mmap", slice.file.file.path)
        }
        unsafe mapping = UnsafeMutableRawBufferPointer(start: start, count: byteCount)
        mappedPosition = position
        mappedByteCount = byteCount
        file = slice.file
        mapCount += 1
    }

    private static let pageByteCount = Int(sysconf(Int32(_SC_PAGESIZE)))

    private static func roundUpToPage(_ byteCount: Int) -> Int {
        (byteCount + pageByteCount - 1) / pageByteCount * pageByteCount
    }
}
