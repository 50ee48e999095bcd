import CFileSpace

/// What the active segment's file has ahead of its appends: disk space, taken in steps, and within
/// it zeros, written along with the batch that first reaches them.
///
/// A small `write` costs more for the pages that it adds to the file than for its bytes. With the
/// space reserved, the filesystem need not allocate a block for each page. With the zeros, the
/// kernel allocates memory for `zeroingStep` bytes at once and not page by page, the file's size
/// stays as it is, and a flush need not commit the journal each time.
///
/// So the file of an active segment may end in zeros, fewer than `zeroingStep`, as it may under
/// Kafka's `preallocate`. They are cut off when the segment is sealed or closed, or found again
/// after a crash; and the next segment's file is only made once they are. Space is never more than
/// the segment has already, so that thousands of small segments take next to nothing, and never
/// more than `step`.
///
/// Thread contract: belongs to the partition's appends.
struct SpaceReservation {
    private static let step = 4 << 20
    /// Zeros reach to a multiple of this many bytes: as many as Linux still allocates from what a
    /// core has at hand. With more the kernel would do less, but on a virtual machine that returns
    /// unused memory to its host it would get memory from there, which costs ten times as much.
    static let zeroingStep = Int(WEIR_MOST_ZEROS)
    /// Segments with fewer bytes reserve nothing.
    private static let leastPosition = 256 << 10

    /// Space is taken up to here.
    private var end = 0
    /// Zeros were written up to here.
    private var zeroedEnd = 0
    /// The filesystem cannot reserve space, or has none.
    private var isRefused = false

    /// Takes space for a write of so many bytes at `position`, and some more, in a segment that
    /// will not grow past `limit`; returns how many zeros are to be written behind these bytes.
    /// Best effort: where it fails, the write allocates what it needs.
    mutating func prepare(
        _ file: borrowing File, position: Int, byteCount: Int, limit: Int
    ) -> Int {
        let writeEnd = position + byteCount
        guard writeEnd > zeroedEnd, position >= Self.leastPosition, !isRefused else { return 0 }
        if writeEnd > end {
            let ahead = (writeEnd + min(position, Self.step)) / Self.zeroingStep * Self.zeroingStep
            let wanted = min(ahead, max(limit, writeEnd))
            guard file.reserve(from: position, to: wanted) else {
                isRefused = true
                return 0
            }
            end = wanted
        }
        let nextEnd = (writeEnd + Self.zeroingStep - 1) / Self.zeroingStep * Self.zeroingStep
        guard nextEnd <= end else { return 0 }
        zeroedEnd = nextEnd
        return nextEnd - writeEnd
    }

    /// Gives back what lies behind `position`, the end of the batches.
    mutating func release(_ file: borrowing File, at position: Int) throws(LogError) {
        guard end > position else { return }
        try file.truncate(to: position)
        end = position
        zeroedEnd = position
    }

    /// Gives back what a process that was killed had taken behind the end of the file.
    static func releaseLeftover(of file: borrowing File, byteCount: Int) throws(LogError) {
        if try file.status().allocatedByteCount > byteCount + leastPosition {
            try file.truncate(to: byteCount)
        }
    }

    /// After a failed write the file was cut off at its end, and with it the reserved space. No
    /// more is reserved: the disk is full.
    mutating func wasLost() {
        end = 0
        zeroedEnd = 0
        isRefused = true
    }

    /// Whether a file of this size may end in zeros that were written ahead. Only a write that was
    /// cut short leaves zeros in a file of another size.
    static func mayEndInZeros(_ byteCount: Int) -> Bool {
        byteCount > leastPosition && byteCount.isMultiple(of: zeroingStep)
    }

    /// Whether what the file has from `position` to its end may be zeros that were written ahead.
    static func isZeroed(
        _ file: borrowing File, from position: Int, to end: Int
    ) throws(LogError) -> Bool {
        guard end > leastPosition, end - position < zeroingStep else { return false }
        let bytes = try file.bytes(at: position, count: end - position)
        return bytes.count == end - position && bytes.allSatisfy { $0 == 0 }
    }
}

extension File {
    /// Whether the file now has disk space there. Its size stays the same.
    fileprivate func reserve(from start: Int, to end: Int) -> Bool {
        weir_reserve_space(descriptor, Int64(start), Int64(end - start)) == 0
    }

    /// Writes all of `buffer` at `position`, and zeros behind it. After an error any part of it may
    /// have been written.
    func write(
        _ buffer: UnsafeRawBufferPointer, thenZeros zeroCount: Int, at position: Int
    ) throws(LogError) {
        guard zeroCount > 0 else { return try unsafe write(buffer, at: position) }
        let count = unsafe weir_write_with_zeros(
            descriptor, buffer.baseAddress, buffer.count, zeroCount, Int64(position))
        if count == buffer.count + zeroCount { return }
        // The call was cut short or failed. The plain write goes on, and throws if it fails as
        // well. Where zeros are missing, the next append only costs more.
        let written = max(count, 0)
        if written < buffer.count {
            try unsafe write(
                UnsafeRawBufferPointer(rebasing: buffer[written...]), at: position + written)
        }
    }
}
