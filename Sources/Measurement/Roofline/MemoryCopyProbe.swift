import Glibc

/// `memcpy` from the caller's payload into a ring larger than the caches: the cost of moving a
/// byte.
public enum MemoryCopyProbe {
    /// Larger than the last-level cache of most machines, like a log that streams.
    static let ringByteCount = 256 << 20

    /// - Parameter payload: at least one block; its blocks are copied in a cycle.
    public static func run(
        payload: UnsafeRawBufferPointer, blockByteCount: Int, schedule: ProbeSchedule,
        progress: (Double) -> Void = { _ in }
    ) -> ProbeResult {
        let byteCount = max(ringByteCount, blockByteCount)
        let ring = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
        defer { unsafe ring.deallocate() }
        // Touches every page first, so that page faults are not measured.
        unsafe memset(ring.baseAddress!, 0, ring.count)
        var blocks = unsafe BlockCursor(payload, blockByteCount: blockByteCount)
        var position = 0
        // One clock reading for at least 256 KiB.
        let blocksPerOperation = max(1, (256 << 10) / blockByteCount)
        let result = ProbeLoop.measure(
            "memory_copy", blockByteCount: blockByteCount, schedule: schedule, progress: progress
        ) { () throws(Never) -> Int in
            for _ in 0..<blocksPerOperation {
                if position + blockByteCount > ring.count { position = 0 }
                let block = unsafe blocks.next()
                unsafe memcpy(ring.baseAddress! + position, block.baseAddress!, block.count)
                position += blockByteCount
            }
            return blocksPerOperation * blockByteCount
        }
        return result.perBlock(blocksPerOperation)
    }
}

extension ProbeResult {
    /// The same result counted in blocks, where one operation of the loop was several.
    func perBlock(_ blocks: Int) -> ProbeResult {
        ProbeResult(
            probe: probe, blockByteCount: blockByteCount, bytesPerSecond: bytesPerSecond,
            operationsPerSecond: operationsPerSecond.map { $0 * Double(blocks) },
            latency: latency)
    }
}
