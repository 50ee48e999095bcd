public import RecordFormat
import Synchronization

extension PartitionLog {
    /// The whole batches from the one that contains `offset` on, at most `maxBytes` of them but at
    /// least one batch; nil at the end of the log. A slice never spans segments.
    ///
    /// It begins with a batch that has records. Batches that compaction has emptied are passed
    /// over, since many clients would ask for one again and again; only where no other is left, the
    /// slice is the last of them.
    ///
    /// Throws `offsetOutOfRange` below the log start offset and above the log end offset. Give the
    /// same cursor to every read of a consumer: one that reads on where it stopped is not searched
    /// for.
    ///
    /// With `end`, only batches that end at or below it, and nil where the first one does not:
    /// readers of committed records give the last stable offset.
    public func read(
        from offset: Offset, maxBytes: Int, below end: Offset = Offset(.max),
        cursor: inout FetchCursor
    ) throws(LogError) -> FileSlice? {
        try retryingWhereReplaced { () throws(LogError) in
            try readOnce(from: offset, maxBytes: maxBytes, below: end, cursor: &cursor)
        }
    }

    private func readOnce(
        from offset: Offset, maxBytes: Int, below end: Offset, cursor: inout FetchCursor
    ) throws(LogError) -> FileSlice? {
        guard var extent = try extent(of: offset), offset < end else { return nil }
        var empty: FileSlice?
        while true {
            let file = try open(extent, &cursor)
            if extent.nextOffset > end { try clip(&extent, to: end, file) }
            if let found = try start(of: offset, in: extent, file, cursor),
                let start = try firstWithRecords(from: found, in: extent, file, &empty)
            {
                try checkStart(of: offset, at: start.position, in: extent, file, cursor)
                if cursor.segment !== extent.segment { cursor.indexRun = IndexRun() }
                let slice = try slice(
                    from: start, maxBytes: maxBytes, in: extent, file, &cursor.indexRun)
                cursor.segment = extent.segment
                cursor.file = file
                cursor.position = slice.position + slice.byteCount
                cursor.nextOffset = slice.nextOffset
                cursor.requestedOffset = offset
                return slice
            }
            // Nothing is left of the segment from the offset on.
            guard extent.nextOffset < end, let next = try self.extent(of: extent.nextOffset),
                next.segment !== extent.segment
            else { return empty }
            extent = next
        }
    }

    /// Like `read(from:maxBytes:cursor:)`, for a reader that comes once.
    public func read(from offset: Offset, maxBytes: Int) throws(LogError) -> FileSlice? {
        var cursor = FetchCursor()
        return try read(from: offset, maxBytes: maxBytes, cursor: &cursor)
    }

    /// A segment as far as it is published.
    struct Extent {
        var segment: LogSegment
        var byteCount: Int
        var nextOffset: Offset
    }

    /// The published part of the segment with `offset`; nil at the end of the log.
    func extent(of offset: Offset) throws(LogError) -> Extent? {
        let (extent, logStart, logEnd) = view.withLock { view -> (Extent?, Offset, Offset) in
            guard offset >= view.logStartOffset, offset < view.logEndOffset else {
                return (nil, view.logStartOffset, view.logEndOffset)
            }
            let index = view.segmentIndex(for: offset)
            let isActive = index == view.segments.count - 1
            let extent = Extent(
                segment: view.segments[index], byteCount: isActive ? view.activeByteCount : -1,
                nextOffset: isActive ? view.logEndOffset : view.segments[index + 1].baseOffset)
            return (extent, view.logStartOffset, view.logEndOffset)
        }
        guard var extent else {
            if offset == logEnd { return nil }
            throw .offsetOutOfRange(
                requested: offset.rawValue, logStart: logStart.rawValue, logEnd: logEnd.rawValue)
        }
        if extent.byteCount < 0 { extent.byteCount = extent.segment.byteCount }
        return extent
    }

    /// Cuts off the batches that do not end at or below `end`.
    private func clip(
        _ extent: inout Extent, to end: Offset, _ file: SegmentFile
    ) throws(LogError) {
        let beyond = try extent.segment.firstBatch(
            endingAtOrAfter: end, in: file, below: extent.byteCount)
        if let beyond { extent.byteCount = beyond.position }
        extent.nextOffset = min(beyond?.header.baseOffset ?? end, end)
    }

    private func open(
        _ extent: Extent, _ cursor: inout FetchCursor
    ) throws(LogError) -> SegmentFile {
        if let file = cursor.file, cursor.segment === extent.segment { return file }
        do throws(LogError) {
            return try extent.segment.file()
        } catch {
            // Retention may have taken the segment between the look-up and the open.
            guard extent.segment.baseOffset < logStartOffset else { throw error }
            throw .offsetOutOfRange(
                requested: extent.segment.baseOffset.rawValue,
                logStart: logStartOffset.rawValue, logEnd: logEndOffset.rawValue)
        }
    }

    /// The batch with `offset`: its position, and its header where that had to be read anyway.
    private func start(
        of offset: Offset, in extent: Extent, _ file: SegmentFile, _ cursor: FetchCursor
    ) throws(LogError) -> (position: Int, baseOffset: Offset)? {
        if offset == extent.segment.baseOffset, extent.byteCount > 0 { return (0, offset) }
        if cursor.segment === extent.segment, cursor.nextOffset == offset,
            cursor.position < extent.byteCount
        {
            return (cursor.position, offset)
        }
        let location = try extent.segment.firstBatch(
            endingAtOrAfter: offset, in: file, below: extent.byteCount)
        return location.map { ($0.position, $0.header.baseOffset) }
    }

    /// Moves `start` on to a batch with records; nil where the extent has none from there on, and
    /// `empty` is then its last batch.
    private func firstWithRecords(
        from start: (position: Int, baseOffset: Offset), in extent: Extent, _ file: SegmentFile,
        _ empty: inout FileSlice?
    ) throws(LogError) -> (position: Int, baseOffset: Offset)? {
        guard extent.segment.isFromEarlier else { return start }
        let first = extent.segment.header(at: start.position, in: file, below: extent.byteCount)
        if let first, first.header.recordCount > 0 {
            return (start.position, first.header.baseOffset)
        }
        var last: LogSegment.Location?
        let found = try extent.segment.scan(file, from: start.position, to: extent.byteCount) {
            header in
            if header.recordCount > 0 { return true }
            let position = last.map { $0.position + $0.header.sizeInBytes } ?? start.position
            last = LogSegment.Location(position: position, header: header)
            return false
        }
        if let found { return (found.position, found.header.baseOffset) }
        if let last {
            empty = FileSlice(
                file: file, segmentBaseOffset: extent.segment.baseOffset, position: last.position,
                byteCount: last.header.sizeInBytes, baseOffset: last.header.baseOffset,
                nextOffset: last.header.nextOffset, hasRecords: false)
        }
        return nil
    }

    private func slice(
        from start: (position: Int, baseOffset: Offset), maxBytes: Int, in extent: Extent,
        _ file: SegmentFile, _ run: inout IndexRun
    ) throws(LogError) -> FileSlice {
        let segment = extent.segment
        func slice(_ end: Int, _ nextOffset: Offset) -> FileSlice {
            FileSlice(
                file: file, segmentBaseOffset: segment.baseOffset, position: start.position,
                byteCount: end - start.position, baseOffset: start.baseOffset,
                nextOffset: nextOffset, hasRecords: true)
        }
        do throws(LogError) {
            try checkIsWhole(extent, file)
            if extent.byteCount - start.position <= maxBytes {
                return slice(extent.byteCount, extent.nextOffset)
            }
            let end = try self.end(
                from: start.position, maxBytes: maxBytes, in: extent, file, &run)
            return slice(end.position, end.nextOffset)
        } catch {
            // There is damage ahead. The slice ends before it, and a reader that reads on is told
            // of it there.
            guard case .corrupt = error,
                let end = segment.soundEnd(
                    from: start.position, maxBytes: maxBytes, in: file, below: extent.byteCount)
            else { throw error }
            return slice(end.position, end.nextOffset)
        }
    }

    /// Throws `corrupt` where somebody has cut the file short. A slice must not have more bytes
    /// than the file: `sendfile` sends nothing from behind the end, so the connection would try for
    /// ever, and the client wait.
    private func checkIsWhole(_ extent: Extent, _ file: SegmentFile) throws(LogError) {
        let byteCount = try file.file.byteCount()
        guard byteCount < extent.byteCount else { return }
        throw .corrupt(
            path: extent.segment.logPath, position: byteCount,
            reason: "the file ends here, and batches stood behind, up to \(extent.byteCount)")
    }

    /// Where a slice of at most `maxBytes`, but of one batch at least, ends.
    private func end(
        from start: Int, maxBytes: Int, in extent: Extent, _ file: SegmentFile,
        _ run: inout IndexRun
    ) throws(LogError) -> (position: Int, nextOffset: Offset) {
        let segment = extent.segment
        let limit = start + max(maxBytes, 0)
        var end = start
        var nextOffset = extent.nextOffset
        let indexed = try segment.lastIndexedBatch(
            after: start, atOrBefore: limit, in: file, below: extent.byteCount, &run)
        if let indexed {
            end = indexed.position
            nextOffset = indexed.header.baseOffset
            // Mostly the last indexed batch is the first one that does not fit.
            if end + indexed.header.sizeInBytes > limit { return (end, nextOffset) }
        }
        let isFirstIncluded = indexed != nil
        let beyond = try segment.scan(file, from: end, to: extent.byteCount) { header in
            let isWanted =
                end + header.sizeInBytes <= limit || (!isFirstIncluded && end == start)
            if isWanted {
                end += header.sizeInBytes
                nextOffset = header.nextOffset
            }
            return !isWanted
        }
        return (end, beyond == nil ? extent.nextOffset : nextOffset)
    }
}
