/// One `write` a block into the page cache, files rolling and going as a log's segments do. The
/// kernel writes back meanwhile, so on a long run this is the disk's own limit.
///
/// Before anything is timed the retained size is written once over. A virtual machine pays its
/// hypervisor for every page of memory that it touches for the first time, which made the first
/// gigabyte ten times slower than the next; a log pays that too, but only once in its life.
public enum WriteProbe {
    /// - Parameters:
    ///   - directory: on the filesystem that the log is on; a folder in it is made and deleted.
    ///   - payload: at least one block; its blocks are written in turn.
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

/// `fdatasync` after an append: what one durable acknowledgement costs when it shares with nobody.
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
