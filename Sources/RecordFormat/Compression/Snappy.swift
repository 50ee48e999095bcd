internal import CSnappy

/// Snappy through libsnappy. The Java client frames it as snappy-java ("xerial") does; librdkafka
/// and others send it raw. This writes xerial and reads both.
///
///     xerial: 0x82 "SNAPPY" 0 | version i32 | compatible version i32 | blocks
///     block:  byteCount i32 | raw snappy
///
/// libsnappy has no context to reuse: it allocates its hash table for each block.
enum Snappy {
    private static let magic: [UInt8] = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]
    private static let version: Int32 = 1
    private static let framingByteCount = 16
    private static let blockLengthByteCount = 4
    /// snappy-java's.
    private static let blockByteCount = 32 << 10
    /// The highest ratio of raw snappy: three bytes copy 64.
    private static let maximumRatio = 22

    static func bound(_ byteCount: Int) -> Int {
        let (blocks, rest) = byteCount.quotientAndRemainder(dividingBy: blockByteCount)
        return framingByteCount
            + blocks * (blockLengthByteCount + snappy_max_compressed_length(blockByteCount))
            + blockLengthByteCount + snappy_max_compressed_length(rest)
    }

    static func compress(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(RecordFormatError) -> Int {
        unsafe output.copyBytes(from: magic)
        unsafe output.storeBigEndian(version, at: magic.count)
        unsafe output.storeBigEndian(version, at: magic.count + 4)
        var position = framingByteCount
        var read = 0
        while read < input.count {
            let count = min(blockByteCount, input.count - read)
            let block = position + blockLengthByteCount
            var compressedCount = output.count - block
            let status = unsafe snappy_compress(
                chars(input, from: read), count, chars(output, from: block), &compressedCount)
            guard status == SNAPPY_OK else {
                throw .codecFailed(.snappy, code: Int(status.rawValue))
            }
            unsafe output.storeBigEndian(Int32(compressedCount), at: position)
            position = block + compressedCount
            read += count
        }
        return position
    }

    /// The sizes that the blocks claim. Each is checked against the highest ratio for its length.
    static func claimedByteCount(
        of input: UnsafeRawBufferPointer
    ) throws(RecordFormatError) -> Int {
        var total = 0
        try unsafe forEachBlock(of: input) { (block) throws(RecordFormatError) in
            total += try unsafe claimedByteCount(ofBlock: block)
            return true
        }
        return total
    }

    static func decompress(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(RecordFormatError) -> Int? {
        var position = 0
        let isComplete = try unsafe forEachBlock(of: input) { (block) throws(RecordFormatError) in
            var count = output.count - position
            guard try unsafe claimedByteCount(ofBlock: block) <= count else { return false }
            let status = unsafe snappy_uncompress(
                chars(block, from: 0), block.count, chars(output, from: position), &count)
            guard status == SNAPPY_OK else {
                throw .codecFailed(.snappy, code: Int(status.rawValue))
            }
            position += count
            return true
        }
        return isComplete ? position : nil
    }

    /// Calls `body` with each raw block until it returns false; returns whether all calls returned
    /// true. Only the magic identifies the framing: some writers store the version in their own
    /// byte order.
    @discardableResult
    private static func forEachBlock(
        of input: UnsafeRawBufferPointer,
        _ body: (UnsafeRawBufferPointer) throws(RecordFormatError) -> Bool
    ) throws(RecordFormatError) -> Bool {
        guard input.count >= magic.count,
            unsafe input.prefix(magic.count).elementsEqual(magic)
        else { return try unsafe body(input) }
        var position = framingByteCount
        while position < input.count {
            let block = position + blockLengthByteCount
            guard block <= input.count else {
                throw .truncated(needed: block, available: input.count)
            }
            let stated = unsafe Int32(
                bigEndian: input.loadUnaligned(fromByteOffset: position, as: Int32.self))
            guard stated >= 0 else { throw .invalidLength(Int64(stated), position: position) }
            let end = block + Int(stated)
            guard end <= input.count else {
                throw .truncated(needed: end, available: input.count)
            }
            guard try unsafe body(UnsafeRawBufferPointer(rebasing: input[block..<end])) else {
                return false
            }
            position = end
        }
        guard position == input.count else {
            throw .truncated(needed: position, available: input.count)
        }
        return true
    }

    private static func claimedByteCount(
        ofBlock block: UnsafeRawBufferPointer
    ) throws(RecordFormatError) -> Int {
        var claimed = 0
        let status = unsafe snappy_uncompressed_length(
            chars(block, from: 0), block.count, &claimed)
        guard status == SNAPPY_OK, claimed >= 0, claimed <= maximumRatio * block.count else {
            throw .codecFailed(.snappy, code: Int(SNAPPY_INVALID_INPUT.rawValue))
        }
        return claimed
    }

    private static func chars(
        _ bytes: UnsafeRawBufferPointer, from position: Int
    ) -> UnsafePointer<CChar>? {
        unsafe (bytes.baseAddress?.assumingMemoryBound(to: CChar.self)).map { unsafe $0 + position }
    }

    private static func chars(
        _ bytes: UnsafeMutableRawBufferPointer, from position: Int
    ) -> UnsafeMutablePointer<CChar>? {
        unsafe (bytes.baseAddress?.assumingMemoryBound(to: CChar.self)).map { unsafe $0 + position }
    }
}
