import RecordFormat

/// Finishes, or takes back, what a crash left of a cleaning: see `PartitionLog.replace`.
struct SwapRecovery {
    let path: String

    /// Leaves neither `.cleaned` nor `.swap` files, and every segment's files whole.
    func run() throws(LogError) {
        let names = try directoryEntries(path).filter { !$0.isDirectory }.map(\.name)
        let cleaned = names.filter { $0.hasSuffix(SegmentFileName.cleaned) }
        let swapped = names.filter { $0.hasSuffix(SegmentFileName.swap) }
        guard !cleaned.isEmpty || !swapped.isEmpty else { return }
        let firstCleaned = cleaned.compactMap { Self.baseOffset(of: $0) }.min()
        // Files are renamed one by one: beside a `.cleaned` one, a `.swap` of its segment is not complete.
        let bases = Set(swapped.compactMap { Self.baseOffset(of: $0) })
        for base in bases.sorted() {
            let stem = "\(path)/\(SegmentFileName.stem(base))"
            let swap = stem + SegmentFileName.log + SegmentFileName.swap
            let isComplete = firstCleaned.map { base < $0 } ?? true
            if isComplete, try fileStatus(swap) != nil, let end = try endOfReplaced(base, swap) {
                try complete(base, upTo: end, names)
            } else {
                for suffix in LogSegment.cleanedSuffixes {
                    try removeFile(stem + suffix + SegmentFileName.swap)
                }
            }
        }
        // Last: they tell which of the others are not complete.
        for name in cleaned { try removeFile("\(path)/\(name)") }
        try synchronizeDirectory(path)
    }

    /// Removes what the segment replaces and gives its files their names. What was renamed before the
    /// crash is not touched, so that it may crash again at any point.
    private func complete(
        _ base: Offset, upTo end: Offset, _ names: [String]
    ) throws(LogError) {
        let suffixes = LogSegment.cleanedSuffixes + [SegmentFileName.producerSnapshot]
        for name in names {
            for suffix in suffixes {
                guard let offset = SegmentFileName.offset(in: name, extension: suffix),
                    offset > base, offset < end
                else { continue }
                try removeFile("\(path)/\(name)")
            }
        }
        try synchronizeDirectory(path)
        let stem = "\(path)/\(SegmentFileName.stem(base))"
        try removeFile(stem + ReplacedRange.fileSuffix + SegmentFileName.swap)
        for suffix in LogSegment.cleanedSuffixes {
            let swap = stem + suffix + SegmentFileName.swap
            if try fileStatus(swap) != nil { try renameFile(swap, to: stem + suffix) }
        }
    }

    /// Up to where the segment replaces others: what it says of itself, and else the end of its last batch.
    /// Nil where the file is damaged and the segment that it was to replace is still there.
    private func endOfReplaced(_ base: Offset, _ swap: String) throws(LogError) -> Offset? {
        let file = try SegmentFile(swap, .read)
        var end = base
        var scanner = SegmentScanner(
            file, from: 0, to: try file.file.byteCount(),
            chunkByteCount: SegmentScanner.recoveryChunkByteCount)
        do throws(SegmentScanner.Fault) {
            while let header = try scanner.next() { end = header.nextOffset }
        } catch {
            if case .log(let error) = error { throw error }
            let original = "\(path)/\(SegmentFileName.stem(base))\(SegmentFileName.log)"
            if try fileStatus(original) != nil { return nil }
        }
        let range = "\(path)/\(SegmentFileName.stem(base))\(ReplacedRange.fileSuffix)"
        return try ReplacedRange(readFrom: range + SegmentFileName.swap)?.endOffset ?? end
    }

    private static func baseOffset(of name: String) -> Offset? {
        let stem = name.prefix { $0 != "." }
        return SegmentFileName.offset(in: "\(stem).", extension: ".")
    }
}
