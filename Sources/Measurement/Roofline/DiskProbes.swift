/// One `write` for each block into the page cache; files roll and are deleted as a log's segments
/// are. The kernel writes back meanwhile, so on a long run this is the disk's own limit.
///
/// The retained size is written once before the timing starts. In a virtual machine the first touch
/// of each page of memory is slow: the first gigabyte took ten times as long as the next.
public enum WriteProbe {
    /// - Parameters:
    ///   - directory: on the filesystem that the log is on; a folder in it is made and deleted.
    ///   - payload: at least one block; its blocks are written in a cycle.
    public static func run(
        directory: String, payload: UnsafeRawBufferPointer, blockByteCount: Int,
        segmentByteCount: Int, retainedByteCount: Int, schedule: ProbeSchedule,
        progress: (Double) -> Void = { _ in }
    ) throws(ProbeError) -> ProbeResult {
        var files = try RollingFiles(
            in: directory, segmentByteCount: segmentByteCount,
            retainedByteCount: retainedByteCount)
        var blocks = unsafe BlockCursor(payload, blockByteCount: blockByteCount)
        var filled = 0
        while filled < retainedByteCount + segmentByteCount {
            try unsafe files.append(blocks.next())
            filled += blockByteCount
        }
        return try ProbeLoop.measure(
            "write", blockByteCount: blockByteCount, schedule: schedule, progress: progress
        ) { () throws(ProbeError) -> Int in
            try unsafe files.append(blocks.next())
            return blockByteCount
        }
    }
}

/// `fdatasync` after an append: the cost of a durable acknowledgement that does not share its
/// flush.
public enum FlushProbe {
    /// - Parameter blockByteCount: of the append before each flush. The latency is the flush's
    ///   alone; the rates are of both together.
    public static func run(
        directory: String, payload: UnsafeRawBufferPointer, blockByteCount: Int,
        segmentByteCount: Int, retainedByteCount: Int, schedule: ProbeSchedule,
        progress: (Double) -> Void = { _ in }
    ) throws(ProbeError) -> ProbeResult {
        var files = try RollingFiles(
            in: directory, segmentByteCount: segmentByteCount,
            retainedByteCount: retainedByteCount)
        var blocks = unsafe BlockCursor(payload, blockByteCount: blockByteCount)
        var latency = LatencyHistogram()
        return try ProbeLoop.measure(
            "fdatasync", blockByteCount: blockByteCount, schedule: schedule, progress: progress,
            latency: { latency }, warmedUp: { latency.reset() },
            operation: { () throws(ProbeError) -> Int in
                try unsafe files.append(blocks.next())
                let start = MonotonicClock.now()
                try files.flush()
                latency.record(MonotonicClock.now() - start)
                return blockByteCount
            })
    }
}
