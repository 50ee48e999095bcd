import Measurement
import RecordFormat

/// The cells of a codec pass, with the batches that they are measured on.
///
/// Thread contract: one owner.
struct CodecBench: ~Copyable {
    let omitted: [BatchFilling]
    private let settings: CodecPass.Settings
    private let fillings: [Filling]
    private let cells: [CodecCell]
    private var work: CodecWork

    /// Batches as an object, since an array takes only what can be copied.
    private final class Filling {
        var batches: SampleBatches
        init(_ batches: consuming SampleBatches) { self.batches = batches }
    }

    init(_ sample: CodecPass.Sample, _ settings: CodecPass.Settings) throws(CodecPassError) {
        let omitted: [BatchFilling]
        let fillings: [Filling]
        switch sample {
        case .payload(let pool):
            guard pool.count > 1 else { throw .oneRecord }
            let fitting = settings.fillings.filter { $0.fits(pool) }
            guard !fitting.isEmpty else {
                throw .fewRecords(
                    pool.count, fewestPerBatch: settings.fillings.map(\.mostRecords).min() ?? 1)
            }
            omitted = settings.fillings.filter { !$0.fits(pool) }
            fillings = try fitting.map { (filling) throws(CodecPassError) in
                try Self.filled { () throws(RecordFormatError) in
                    try SampleBatches(
                        pool, filling: filling, recordsPerSecond: settings.recordsPerSecond)
                }
            }
        case .stored(let stored):
            guard stored.batchCount > 0 else { throw .noBatch }
            omitted = []
            fillings = try stored.fillings.filter { !$0.recordCounts.isEmpty }.map {
                (filling) throws(CodecPassError) in
                try Self.filled { () throws(RecordFormatError) in try SampleBatches(filling) }
            }
        }
        var cells: [CodecCell] = []
        for index in fillings.indices {
            for compression in settings.compressions where compression.codec != .none {
                do throws(RecordFormatError) {
                    let batches = fillings[index]
                    cells.append(try CodecCell(compression, filling: index, of: batches.batches))
                } catch {
                    throw .codec(compression, error)
                }
            }
        }
        self.omitted = omitted
        self.fillings = fillings
        self.settings = settings
        self.cells = cells
        work = CodecWork()
    }

    private static func filled(
        _ batches: () throws(RecordFormatError) -> SampleBatches
    ) throws(CodecPassError) -> Filling {
        let filled: Filling
        do throws(RecordFormatError) {
            filled = Filling(try batches())
            try filled.batches.weigh()
        } catch {
            throw .codec(.none, error)
        }
        try filled.batches.requireRecordsThatFit()
        return filled
    }

    /// The stored size of each batch as it is stored, with a fast codec; empty for a payload.
    var weightsOfStored: [Int32] {
        fillings.first { $0.batches.filling == .stored(1) }?.batches.weights ?? []
    }

    func standings() -> [CodecTurns.Standing] { cells.map { $0.standing() } }

    mutating func visit(_ index: Int, clock: () -> Int64) throws(CodecPassError) {
        let cell = cells[index]
        try cell.visit(&fillings[cell.filling].batches, &work, clock: clock)
    }

    /// By filling; records without a codec, which need no measurement, come first.
    func figures() -> [CodecFigures] {
        fillings.indices.flatMap { index in
            let batches = fillings[index]
            let plain = settings.compressions.contains(.none) ? [batches.batches.uncompressed] : []
            return plain
                + cells.filter { $0.filling == index }.map {
                    $0.figures(of: batches.batches, tolerance: settings.tolerance)
                }
        }
    }
}

extension BatchFilling {
    /// Whether a sample has a batch of this filling without a record twice.
    fileprivate func fits(_ pool: PayloadPool) -> Bool {
        switch self {
        case .records(let count): pool.count >= count
        case .batchSize, .stored: true
        }
    }
}

extension SampleBatches {
    fileprivate func requireRecordsThatFit() throws(CodecPassError) {
        guard oversizedCount * 2 > ranges.count else { return }
        throw .recordsExceedBatch(
            batchSize: filling.batchSize, meanByteCount: payloadByteCount / max(recordCount, 1))
    }

    /// What is stored without a codec.
    fileprivate var uncompressed: CodecFigures {
        CodecFigures(
            compression: .none, filling: filling,
            recordsPerBatch: Double(recordCount) / Double(ranges.count),
            bytesPerBatch: Double(byteCount) / Double(ranges.count), sampleShare: 1,
            ratio: Estimate(1, interval: 1...1),
            payloadRatio: Double(payloadByteCount) / Double(byteCount), bareRatio: 1,
            contextByteCount: 0, visits: 0, isSettled: true)
    }
}
