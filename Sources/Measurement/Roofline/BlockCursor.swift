/// Blocks of a buffer that the caller keeps alive, one after the other and from the beginning
/// again.
///
/// Probes write the whole payload, because a single block would stay in the nearest cache.
@unsafe struct BlockCursor {
    private let buffer: UnsafeRawBufferPointer
    private let blockByteCount: Int
    private var position = 0

    init(_ buffer: UnsafeRawBufferPointer, blockByteCount: Int) {
        precondition(blockByteCount > 0 && buffer.count >= blockByteCount)
        unsafe self.buffer = buffer
        unsafe self.blockByteCount = blockByteCount
    }

    mutating func next() -> UnsafeRawBufferPointer {
        if unsafe position + blockByteCount > buffer.count { unsafe position = 0 }
        defer { unsafe position += blockByteCount }
        return unsafe UnsafeRawBufferPointer(
            rebasing: buffer[position..<position + blockByteCount])
    }
}
