import RecordFormat

/// Finishes, or takes back, what a crash left of a cleaning: see `PartitionLog.replace`.
struct SwapRecovery {
    let path: String

    /// What a complete segment takes the place of: all that begins below `end`.
    private struct Replaced {
        var end: Offset
        /// If not, the files below `end` are set aside instead of removed: they may be sound, and
        /// not a part of what was cleaned.
        var isCertain: Bool
    }

    /// Leaves neither `.cleaned` nor `.swap` files, and every segment's files whole. Returns what
    /// was set aside.
    func run() throws(LogError) -> [AsideSegment] {
        let names = try directoryEntries(path).filter { !$0.isDirectory }.map(\.name)
        let cleaned = names.filter { $0.hasSuffix(SegmentFileName.cleaned) }
        let swapped = names.filter { $0.hasSuffix(SegmentFileName.swap) }
        guard !cleaned.isEmpty || !swapped.isEmpty else { return [] }
        var aside: [AsideSegment] = []
        let firstCleaned = cleaned.compactMap { Self.baseOffset(of: $0) }.min()
        // Files are renamed one by one: beside a `.cleaned` one, a `.swap` of its segment is not
        // complete.
        let bases = Set(swapped.compactMap { Self.baseOffset(of: $0) })
        for base in bases.sorted() {
            let stem = "\(path)/\(SegmentFileName.stem(base))"
            let swap = stem + SegmentFileName.log + SegmentFileName.swap
            let isComplete = firstCleaned.map { base < $0 } ?? true
            if isComplete, try fileStatus(swap) != nil,
                let replaced = try replaced(by: swap, base, names)
            {
                aside += try complete(base, replaced, names)
            } else {
                for suffix in LogSegment.cleanedSuffixes {
                    try removeFile(stem + suffix + SegmentFileName.swap)
                }
            }
        }
        // Last: they tell which of the others are not complete.
        for name in cleaned { try removeFile("\(path)/\(name)") }
        try synchronizeDirectory(path)
        return aside
    }

    /// Removes what the segment replaces and gives its files their names. What was renamed before
    /// the crash is not touched, so that it may crash again at any point.
    private func complete(
        _ base: Offset, _ replaced: Replaced, _ names: [String]
    ) throws(LogError) -> [AsideSegment] {
        var aside: [AsideSegment] = []
        let suffixes = LogSegment.cleanedSuffixes + [SegmentFileName.producerSnapshot]
        for name in names {
            for suffix in suffixes {
                guard let offset = SegmentFileName.offset(in: name, extension: suffix),
                    offset > base, offset < replaced.end
                else { continue }
                if suffix == SegmentFileName.log, !replaced.isCertain {
                    aside.append(
                        AsideSegment(
                            path: try AsideFile.move("\(path)/\(name)"),
                            cause: "a cleaned segment seems to have taken its place"))
                } else {
                    try removeFile("\(path)/\(name)")
                }
            }
        }
        try synchronizeDirectory(path)
        let stem = "\(path)/\(SegmentFileName.stem(base))"
        try removeFile(stem + ReplacedRange.fileSuffix + SegmentFileName.swap)
        for suffix in LogSegment.cleanedSuffixes {
            let swap = stem + suffix + SegmentFileName.swap
            if try fileStatus(swap) != nil { try renameFile(swap, to: stem + suffix) }
        }
        return aside
    }

    /// What the segment's `ReplacedRange` says, or else all that begins below the end of its last
    /// batch. Nil where the segment is damaged and the one at its base offset is still there: then
    /// all that it was to replace are.
    private func replaced(
        by swap: String, _ base: Offset, _ names: [String]
    ) throws(LogError) -> Replaced? {
        let file = try SegmentFile(swap, .read)
        var batches = SoundBatches(
            file, from: 0, to: try file.file.byteCount(), nextOffset: base,
            bounds: SoundBatchSearch.Bounds(baseOffset: base),
            trust: SoundBatches.Trust(gapsEnd: Offset(.max)))
        var isSound = true
        while let step = try batches.next() {
            if case .damage = step { isSound = false }
        }
        let stem = "\(path)/\(SegmentFileName.stem(base))"
        if !isSound, try fileStatus(stem + SegmentFileName.log) != nil { return nil }
        guard
            let range = try ReplacedRange(
                readFrom: stem + ReplacedRange.fileSuffix + SegmentFileName.swap)
        else { return Replaced(end: batches.nextOffset, isCertain: false) }
        // The last segment is never cleaned, so there is one behind.
        let next = SegmentFileName.stem(range.endOffset) + SegmentFileName.log
        return Replaced(
            end: range.endOffset,
            isCertain: isSound && range.baseOffset == base && names.contains(next))
    }

    private static func baseOffset(of name: String) -> Offset? {
        let stem = name.prefix { $0 != "." }
        return SegmentFileName.offset(in: "\(stem).", extension: ".")
    }
}
