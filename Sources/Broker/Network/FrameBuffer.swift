import Glibc

/// The bytes of one frame that came in pieces, and its share of the memory for requests.
///
/// A frame of up to `wholeByteCount` has its buffer at once; that of a larger one doubles as its
/// bytes come, so that nothing is allocated for what was only announced.
/// Thread contract: one owner at a time; whoever keeps the frame once it is whole.
@safe final class FrameBuffer: @unchecked Sendable {
    private static let wholeByteCount = 1 << 20

    /// Of the whole frame.
    let byteCount: Int
    /// Nil where nobody counts.
    let share: RequestShare?
    private var buffer: UnsafeMutableRawBufferPointer
    private var filledByteCount = 0

    init(byteCount: Int, share: RequestShare? = nil) {
        self.byteCount = byteCount
        self.share = share
        unsafe buffer = Self.resized(nil, to: min(byteCount, Self.wholeByteCount))
    }

    deinit { unsafe free(buffer.baseAddress) }

    var missingByteCount: Int { byteCount - filledByteCount }

    /// What there is of the frame.
    var bytes: UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<filledByteCount])
    }

    /// Copies what belongs to the frame, and returns how much that was.
    func append(_ more: UnsafeRawBufferPointer) -> Int {
        let count = min(more.count, missingByteCount)
        if unsafe filledByteCount + count > buffer.count {
            let capacity = unsafe max(2 * buffer.count, filledByteCount + count)
            unsafe buffer = Self.resized(buffer.baseAddress, to: min(byteCount, capacity))
        }
        unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filledByteCount...]).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: more[..<count]))
        filledByteCount += count
        return count
    }

    /// `realloc` moves the pages of a large buffer instead of copying them.
    private static func resized(
        _ old: UnsafeMutableRawPointer?, to byteCount: Int
    ) -> UnsafeMutableRawBufferPointer {
        guard let new = unsafe realloc(old, max(byteCount, 1)) else {
            fatalError("no memory for a request of \(byteCount) bytes")
        }
        return unsafe UnsafeMutableRawBufferPointer(start: new, count: byteCount)
    }
}
