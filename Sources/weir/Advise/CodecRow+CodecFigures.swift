import LoadGenerator
import RecordFormat
import Reporting

extension CodecRow {
    init(_ figures: CodecFigures, runID: String) {
        self.init(
            runID: runID, codec: figures.compression.codec.name, level: figures.compression.level,
            recordsPerBatch: figures.recordsPerBatch, bytesPerBatch: figures.bytesPerBatch,
            sampleShare: figures.sampleShare)
        switch figures.filling {
        case .records(let count): batchRecords = count
        case .batchSize(let byteCount): batchSizeBytes = byteCount
        case .stored(let count): storedBatches = count
        }
        ratio = figures.ratio
        payloadRatio = figures.payloadRatio
        bareRatio = figures.bareRatio
        compressNanosPerByte = figures.compressNanosPerByte
        decompressNanosPerByte = figures.decompressNanosPerByte
        contextByteCount = figures.contextByteCount
        zstdCompressShare = figures.zstdCompressShare
        zstdDecompressShare = figures.zstdDecompressShare
        visits = figures.visits
        isSettled = figures.isSettled
    }
}
