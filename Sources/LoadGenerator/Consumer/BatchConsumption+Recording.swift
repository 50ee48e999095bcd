import Measurement
import RecordFormat

/// What is recorded of each batch.
extension BatchConsumption {
    mutating func record(_ holding: HoldTimes, storedByteCount: Int) {
        // A batch of an earlier run, or one that could not be read, does not belong to this load.
        guard let last = visited.runs.last else { return }
        let window = settings.window
        let lastIsMeasured = window.contains(last.nanos)
        let bytes = bytes(stored: storedByteCount)
        recorder.record { tally in
            var first = 0
            for run in visited.runs {
                if window.contains(run.nanos) {
                    tally.measured.record(run, from: first, holding)
                } else {
                    tally.warmup.record(run, from: first, holding)
                }
                first += run.recordCount
            }
            tally.measured.lastHeldNanos = max(tally.measured.lastHeldNanos, holding.last)
            if lastIsMeasured {
                tally.measured.record(bytes)
            } else {
                tally.warmup.record(bytes)
            }
        }
    }

    /// Records of other programs count when they are read: nobody knows when they were due.
    mutating func recordOthers(_ holding: HoldTimes, storedByteCount: Int) {
        guard visited.count > 0 else { return }
        let isMeasured = settings.window.contains(holding.now)
        let bytes = bytes(stored: storedByteCount)
        recorder.record { tally in
            if isMeasured {
                tally.measured.recordOthers(visited.runs, holding)
                tally.measured.record(bytes)
            } else {
                tally.warmup.recordOthers(visited.runs, holding)
                tally.warmup.record(bytes)
            }
            tally.measured.lastHeldNanos = max(tally.measured.lastHeldNanos, holding.last)
        }
        if isMeasured { board.countRead(visited.count) }
    }

    private func bytes(stored: Int) -> BatchBytes {
        BatchBytes(
            logical: visited.logicalByteCount, stored: stored,
            decompressed: reader.decompressionNanos > 0 ? reader.recordsByteCount : 0,
            decompressionNanos: reader.decompressionNanos)
    }
}

extension ConsumerTally {
    @inline(__always)
    fileprivate mutating func record(
        _ run: IntendedTimes.Run, from first: Int, _ holding: HoldTimes
    ) {
        records += UInt64(run.recordCount)
        holding.record(run, from: first, in: &endToEndLatency)
    }

    fileprivate mutating func recordOthers(_ runs: [IntendedTimes.Run], _ holding: HoldTimes) {
        var first = 0
        for run in runs {
            records += UInt64(run.recordCount)
            holding.record(run, from: first, in: &createTimeLatency)
            first += run.recordCount
        }
    }

    fileprivate mutating func record(_ bytes: BatchBytes) {
        logicalBytes += UInt64(bytes.logical)
        storedBytes += UInt64(bytes.stored)
        decompressedBytes += UInt64(bytes.decompressed)
        decompressionNanos += bytes.decompressionNanos
    }
}

/// The sizes of one consumed batch, and its time in the codec.
private struct BatchBytes {
    var logical: Int
    var stored: Int
    /// 0 if the batch was not compressed.
    var decompressed: Int
    var decompressionNanos: Int64
}
