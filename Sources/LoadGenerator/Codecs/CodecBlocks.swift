/// Blocks of bytes, one after the other in one buffer that grows and is kept.
///
/// Thread contract: one owner.
@safe
struct CodecBlocks: ~Copyable {
    private var buffer = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var ends: [Int] = []
    /// The end of the bytes so far, also of a block that is not ended yet.
    private(set) var byteCount = 0

    deinit {
        unsafe buffer.deallocate()
    }

    var count: Int { ends.count }

    mutating func removeAll() {
        ends.removeAll(keepingCapacity: true)
        byteCount = 0
    }

    /// Adds bytes to the last block.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        let room = unsafe room(for: bytes.count)
        unsafe room.copyMemory(from: bytes)
        byteCount += bytes.count
    }

    mutating func endBlock() { ends.append(byteCount) }

    /// Room behind the last block, valid until the next call; `addBlock(filled:)` makes a block of its
    /// beginning.
    mutating func room(for count: Int) -> UnsafeMutableRawBufferPointer {
        let needed = byteCount + count
        if unsafe buffer.count < needed {
            let larger = UnsafeMutableRawBufferPointer.allocate(
                byteCount: unsafe max(needed, 2 * buffer.count), alignment: 64)
            unsafe larger.copyMemory(
                from: UnsafeRawBufferPointer(rebasing: buffer[..<byteCount]))
            unsafe buffer.deallocate()
            unsafe buffer = larger
        }
        return unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[byteCount..<needed])
    }

    mutating func addBlock(filled count: Int) {
        byteCount += count
        endBlock()
    }

    /// Valid until bytes are added.
    func block(_ index: Int) -> UnsafeRawBufferPointer {
        let start = index == 0 ? 0 : ends[index - 1]
        return unsafe UnsafeRawBufferPointer(rebasing: buffer[start..<ends[index]])
    }
}
