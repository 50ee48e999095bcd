import CFileSpace

/// Disk space that the active segment takes ahead of its appends, in steps: a `write` into space that the
/// file has already is a quarter to a third faster than one that must find each page its place.
///
/// The size of the file is what was appended, as ever. What was taken and not used is given back when
/// the segment is sealed or closed, or found again after a crash. It is never more than the segment has
/// already, so that thousands of small segments take next to nothing, and never more than `step`.
///
/// Thread contract: belongs to the partition's appends.
struct SpaceReservation {
    private static let step = 4 << 20
    /// Smaller segments take nothing ahead.
    private static let leastPosition = 256 << 10

    /// Space is taken up to here.
    private var end = 0
    /// Not every filesystem can, and a full disk has none to give.
    private var isRefused = false

    /// Takes space for a write of so many bytes at `position`, and some more, in a segment that will not
    /// grow past `limit`. Best effort: without it the write finds its own.
    mutating func prepare(_ file: borrowing File, position: Int, byteCount: Int, limit: Int) {
        let writeEnd = position + byteCount
        guard writeEnd > end, position >= Self.leastPosition, !isRefused else { return }
        let wanted = min(writeEnd + min(position, Self.step), max(limit, writeEnd))
        guard file.reserve(from: position, to: wanted) else {
            isRefused = true
            return
        }
        end = wanted
    }

    /// Gives back what lies behind `position`, the end of the file, which stays as it is. Best effort:
    /// at the latest it is free when the segment is deleted.
    mutating func release(_ file: borrowing File, at position: Int) {
        guard end > position else { return }
        try? file.truncate(to: position)
        end = position
    }

    /// Gives back what a process that was killed had taken behind the end of the file.
    static func releaseLeftover(of file: borrowing File, byteCount: Int) throws(LogError) {
        if try file.status().allocatedByteCount > byteCount + leastPosition {
            try file.truncate(to: byteCount)
        }
    }

    /// The file was cut off at its end, and what was taken behind it is gone: there is no room for more.
    mutating func wasLost() {
        end = 0
        isRefused = true
    }
}

extension File {
    /// Whether the file now has disk space there. Its size stays the same.
    fileprivate func reserve(from start: Int, to end: Int) -> Bool {
        weir_reserve_space(descriptor, Int64(start), Int64(end - start)) == 0
    }
}
