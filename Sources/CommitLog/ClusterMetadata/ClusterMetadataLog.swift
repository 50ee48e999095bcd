import RecordFormat

/// Reads a KRaft node's metadata log: the newest snapshot, and the records behind it.
///
/// Every record counts that is there: of a single node, and of one that was stopped cleanly, all
/// are committed. Any damage is an error, also a torn end, because wrong settings delete records.
/// Nothing is changed.
struct ClusterMetadataLog {
    /// The directory of the log.
    let path: String

    /// Nil where there is no such log. Throws `corrupt`, or an I/O error.
    func read() throws(LogError) -> ClusterMetadata? {
        guard let names = try fileNames() else { return nil }
        let segments = names.compactMap {
            SegmentFileName.offset(in: $0, extension: SegmentFileName.log)
        }.sorted()
        let snapshots = names.compactMap { MetadataSnapshotName($0) }.sorted()
        guard !segments.isEmpty || !snapshots.isEmpty else { return nil }
        var metadata = ClusterMetadata()
        guard let snapshot = snapshots.last else {
            try apply(segments, from: .zero, to: &metadata)
            return metadata
        }
        try apply(snapshot, to: &metadata)
        try apply(segments, from: Offset(snapshot.endOffset), to: &metadata)
        return metadata
    }

    private func fileNames() throws(LogError) -> [String]? {
        guard try fileStatus(path) != nil else { return nil }
        return try directoryEntries(path).filter { !$0.isDirectory }.map(\.name)
    }

    private func apply(
        _ snapshot: MetadataSnapshotName, to metadata: inout ClusterMetadata
    ) throws(LogError) {
        var batches = try MetadataBatches(path: "\(path)/\(snapshot.fileName)")
        var isComplete = false
        while let header = try batches.next() {
            isComplete = try apply(header, of: &batches, from: .zero, to: &metadata)
        }
        guard isComplete else { throw batches.corrupt("the snapshot has no end") }
    }

    /// The records from `start` on; the segments must have all of them.
    private func apply(
        _ segments: [Offset], from start: Offset, to metadata: inout ClusterMetadata
    ) throws(LogError) {
        // A snapshot may be all that there is.
        guard !segments.isEmpty else { return }
        let first = segments.lastIndex { $0 <= start } ?? 0
        var next = segments[first]
        guard next <= start else {
            throw .corrupt(
                path: path, position: 0, reason: "the records from \(start) to \(next) are missing")
        }
        for (index, base) in segments.enumerated().dropFirst(first) {
            let name = SegmentFileName.stem(base) + SegmentFileName.log
            var batches = try MetadataBatches(path: "\(path)/\(name)")
            while let header = try batches.next() {
                guard header.baseOffset == next else {
                    throw batches.corrupt("offset \(next) is missing")
                }
                next = header.nextOffset
                if next > start {
                    _ = try apply(header, of: &batches, from: start, to: &metadata)
                }
            }
            if index + 1 < segments.count, segments[index + 1] != next {
                throw batches.corrupt("offset \(next) is missing")
            }
        }
    }

    /// Applies a batch; true where it ends a snapshot.
    private func apply(
        _ header: RecordBatchHeader, of batches: inout MetadataBatches, from start: Offset,
        to metadata: inout ClusterMetadata
    ) throws(LogError) -> Bool {
        var isEnd = false
        try batches.forEachRecord(of: header) {
            (offset, key, value) throws(MetadataRecordError) in
            if header.attributes.isControl {
                isEnd = Self.isSnapshotFooter(key)
                return
            }
            guard offset >= start else { return }
            guard let value else { throw .noValue }
            let bytes = unsafe value.withUnsafeBytes { unsafe Array($0) }
            if let record = try MetadataRecord(bytes) { metadata.apply(record) }
        }
        return isEnd
    }

    /// A control record's key: version i16, type i16.
    private static func isSnapshotFooter(_ key: RawSpan) -> Bool {
        let bytes = unsafe key.withUnsafeBytes { unsafe Array($0) }
        return bytes.count >= 4 && bytes[2] == 0 && bytes[3] == snapshotFooterType
    }

    private static let snapshotFooterType: UInt8 = 4
}
