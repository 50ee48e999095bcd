import Glibc

/// A stretch of a segment's file in memory, unmapped when the last reader and the cache let go of
/// it.
///
/// It may reach past the end of a growing file. Thread contract: any thread may read the published
/// bytes.
@safe
final class SegmentMapping: @unchecked Sendable {
    let file: SegmentFile
    /// The position in the file of the first byte, a multiple of the page size.
    let position: Int
    /// Slices that begin within so many bytes are read here. The bytes behind that are only for the
    /// ends of such slices. Otherwise the next window is for them: a page that is touched through
    /// two windows costs twice.
    let servedByteCount: Int
    let bytes: UnsafeRawBufferPointer

    init(
        of file: SegmentFile, at position: Int, byteCount: Int, serving servedByteCount: Int
    ) throws(LogError) {
        let start = unsafe mmap(
            nil, byteCount, PROT_READ, MAP_SHARED, file.file.descriptor, position)
        guard let start = unsafe start, unsafe start != MAP_FAILED else {
            throw .fromErrno("mmap", file.file.path)
        }
        self.file = file
        self.position = position
        self.servedByteCount = servedByteCount
        unsafe bytes = UnsafeRawBufferPointer(start: start, count: byteCount)
    }

    /// A mapping of the pages that `slice` lies on.
    convenience init(exactlyOf slice: FileSlice) throws(LogError) {
        let page = Self.pageByteCount
        let position = slice.position / page * page
        let needed = slice.position - position + slice.byteCount
        let byteCount = (needed + page - 1) / page * page
        try self.init(of: slice.file, at: position, byteCount: byteCount, serving: byteCount)
    }

    deinit {
        if let start = unsafe bytes.baseAddress {
            unsafe _ = munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
        }
    }

    static let pageByteCount = Int(sysconf(Int32(_SC_PAGESIZE)))
}
