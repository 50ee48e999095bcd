import Measurement

extension EngineShare {
    /// The engine's append compared with a bare `write`: one thread encodes records, seals the
    /// batch and appends it, uncompressed and without flushing. The other side writes ready blocks
    /// of the batches' size, not a multiple of a page, to files that roll and are deleted at the
    /// same sizes.
    static func append(
        pool: PayloadPool, detail: String, batchSize: Int, directory: String,
        schedule: ProbeSchedule
    ) throws(RooflineError) -> EngineShare {
        var log = try RooflineLog(
            path: directory + "/append", pool: pool, batchSize: batchSize, compression: .none)
        try log.fillToRetention()
        let blocks = try EncodedBlocks(pool: pool, batchSize: batchSize)
        var one = schedule
        one.slices = 1
        var (engineRates, limitRates): ([Double], [Double]) = ([], [])
        for _ in 0..<schedule.slices {
            do {
                limitRates += try unsafe WriteProbe.run(
                    directory: directory, payload: blocks.bytes,
                    blockByteCount: blocks.meanByteCount,
                    segmentByteCount: RooflineLog.segmentByteCount,
                    retainedByteCount: RooflineLog.retainedByteCount, schedule: one
                ).bytesPerSecond
            } catch {
                throw RooflineError(error)
            }
            engineRates += try ProbeLoop.measure(
                "append", blockByteCount: batchSize, schedule: one
            ) { () throws(RooflineError) in try log.append() }.bytesPerSecond
        }
        try log.close()
        return EngineShare(
            operation: "append", limit: "write", detail: detail, blockByteCount: batchSize,
            engineRates: engineRates, limitRates: limitRates)
    }
}
