import RecordFormat

/// Which neighbouring segments are cleaned into one: as many as fit, before cleaning, into one segment's
/// bytes, its indexes and the 32 bits of its relative offsets.
enum SegmentGroups {
    struct Candidate: Equatable {
        var baseOffset: Offset
        var nextOffset: Offset
        var byteCount: Int
        /// Of its larger index.
        var indexByteCount: Int
    }

    static func groups(
        of candidates: [Candidate], segmentBytes: Int64, indexBytes: Int64
    ) -> [Range<Int>] {
        var groups: [Range<Int>] = []
        var start = 0
        while start < candidates.count {
            var end = start + 1
            var byteCount = Int64(candidates[start].byteCount)
            var indexByteCount = Int64(candidates[start].indexByteCount)
            while end < candidates.count {
                byteCount += Int64(candidates[end].byteCount)
                indexByteCount += Int64(candidates[end].indexByteCount)
                let span = candidates[end].nextOffset - candidates[start].baseOffset
                guard byteCount <= segmentBytes, indexByteCount <= indexBytes,
                    span <= Int64(Int32.max)
                else { break }
                end += 1
            }
            groups.append(start..<end)
            start = end
        }
        return groups
    }
}
