import NIOCore

/// The memory of large frames, which is used again once nobody has the frame any more: the system clears
/// fresh memory page by page, which costs more than the copy into it.
///
/// Thread contract: a value with one owner; the frames may be anywhere.
struct FrameMemory {
    /// So much is kept at most.
    static let byteCountLimit = 16 << 20
    /// The heap has smaller ones at hand.
    static let leastByteCount = 64 << 10

    /// The frames that were put together last: those that are in use, and free memory.
    private var frames: [ByteBuffer] = []
    private(set) var byteCount = 0

    /// An empty buffer: one that is free, else a new one with room for so many bytes.
    mutating func take(capacity: Int) -> ByteBuffer {
        for index in frames.indices where capacity >= Self.leastByteCount {
            guard frames[index].modifyIfUniquelyOwned({ $0.clear() }) != nil else { continue }
            byteCount -= frames[index].storageCapacity
            return frames.remove(at: index)
        }
        return ByteBufferAllocator().buffer(capacity: capacity)
    }

    /// The frame is whole. Its memory is free once nobody else has it.
    mutating func keep(_ frame: ByteBuffer) {
        let capacity = frame.storageCapacity
        guard capacity >= Self.leastByteCount, byteCount + capacity <= Self.byteCountLimit else {
            return
        }
        byteCount += capacity
        frames.append(frame)
    }

    /// A frame has come that needed none of this. After some of them nothing is kept: a consumer that
    /// has caught up holds no memory.
    mutating func letOneGo() {
        if let frame = frames.popLast() { byteCount -= frame.storageCapacity }
    }
}
