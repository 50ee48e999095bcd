import Measurement
import RecordFormat

/// One codec and level on the batches of one filling: what is known of it, and how one visit adds to
/// that.
///
/// A visit takes the next batches of the sample, compresses all, then decompresses all. Two readings
/// of the clock are around milliseconds of work, so they cost nothing. The times of the first visit
/// count only while there is no second one: it finds cold memory.
///
/// Thread contract: one owner.
final class CodecCell {
    let compression: Compression
    /// The index of its filling.
    let filling: Int
    private(set) var visits = 0

    private var compressor: Compressor
    private let bare: BareCodec
    private let order: SpreadOrder
    /// Batches taken so far.
    private var taken = 0
    /// Stored bytes of batches over those with the fast codec that all batches are weighed by.
    private var stored = RatioOfSums()
    /// Of the batches in `stored`, uncompressed.
    private var seenByteCount = 0
    private var compress = RatioOfSums()
    private var decompress = RatioOfSums()

    /// The work of one visit, in CPU time of compression.
    private static let visitNanos = 5e6
    private static let firstVisitByteCount = 32 << 10
    private static let largestVisitByteCount = 4 << 20

    init(
        _ compression: Compression, filling: Int, of batches: borrowing SampleBatches
    ) throws(RecordFormatError) {
        self.compression = compression
        self.filling = filling
        compressor = try Compressor(compression)
        bare = BareCodec(compression)
        order = SpreadOrder(count: batches.ranges.count)
    }

    func standing() -> CodecTurns.Standing {
        let reaches = [compress, decompress].compactMap { time in
            time.relativeReach().map { $0 * CodecTurns.widening }
        }
        return CodecTurns.Standing(
            visits: visits, reach: reaches.count == 2 ? max(reaches[0], reaches[1]) : nil)
    }

    func visit(
        _ batches: inout SampleBatches, _ work: inout CodecWork, clock: () -> Int64
    ) throws(CodecPassError) {
        do {
            if visits == 1 { (compress, decompress) = (RatioOfSums(), RatioOfSums()) }
            let chosen = try take(&batches, into: &work.plain)
            let bytes = Double(work.plain.byteCount)
            let time = try work.compress(with: &compressor, clock: clock)
            compress.add(Double(time), over: bytes)
            addRatio(of: chosen, from: batches, in: work)
            let back = try work.decompress(compression.codec, checks: visits == 0, clock: clock)
            guard let back else { throw CodecPassError.unfaithful(compression) }
            decompress.add(Double(back), over: bytes)
            if BareCodec.isDue(onVisit: visits) {
                try bare.measure(
                    chosen.map(\.index), of: batches, &work, with: &compressor, clock: clock)
            }
            visits += 1
        } catch let error as CodecPassError {
            throw error
        } catch let error as RecordFormatError {
            throw .codec(compression, error)
        } catch let error as RooflineError {
            throw .bare(error)
        } catch {
            preconditionFailure("an error of another kind: \(error)")
        }
    }

    /// The next batches as blocks; returns their indices, and whether each is taken for the first time.
    /// A small sample is taken several times over.
    private func take(
        _ batches: inout SampleBatches, into blocks: inout CodecBlocks
    ) throws(RecordFormatError) -> [(index: Int, isNew: Bool)] {
        var chosen: [(index: Int, isNew: Bool)] = []
        let wanted = wantedByteCount
        blocks.removeAll()
        repeat {
            let index = order[taken]
            try unsafe blocks.append(batches.records(of: index))
            blocks.endBlock()
            chosen.append((index, taken < order.count))
            taken += 1
        } while blocks.byteCount < wanted
        return chosen
    }

    private var wantedByteCount: Int {
        guard let nanosPerByte = compress.value, nanosPerByte > 0 else {
            return Self.firstVisitByteCount
        }
        return Int(min(Self.visitNanos / nanosPerByte, Double(Self.largestVisitByteCount)))
    }

    /// Each batch of the sample once.
    private func addRatio(
        of chosen: [(index: Int, isNew: Bool)], from batches: borrowing SampleBatches,
        in work: borrowing CodecWork
    ) {
        let header = RecordBatchHeader.byteCount
        for (place, batch) in chosen.enumerated() where batch.isNew {
            let packed = unsafe work.packed.block(place).count
            stored.add(Double(header + packed), over: Double(batches.weights[batch.index]))
            seenByteCount += unsafe header + work.plain.block(place).count
        }
    }

    func figures(of batches: borrowing SampleBatches, tolerance: Double) -> CodecFigures {
        let count = batches.ranges.count
        let standing = standing()
        let size = Estimate(stored, ofPopulation: count)
        /// So many bytes ÷ what is stored of all batches.
        func ratio(_ byteCount: Int, _ size: Double) -> Double {
            Double(byteCount) / (size * Double(batches.weight))
        }
        let payloadRatio = size.map { ratio(batches.payloadByteCount, $0.value) }
        return CodecFigures(
            compression: compression, filling: batches.filling,
            recordsPerBatch: Double(batches.recordCount) / Double(count),
            bytesPerBatch: Double(batches.byteCount) / Double(count),
            sampleShare: Double(seenByteCount) / Double(batches.byteCount),
            ratio: size.map { size in
                let ends = size.interval.flatMap { $0.lowerBound > 0 ? $0 : nil }
                return Estimate(
                    ratio(batches.byteCount, size.value),
                    interval: ends.map {
                        ratio(
                            batches.byteCount, $0.upperBound)...ratio(
                                batches.byteCount, $0.lowerBound)
                    })
            },
            payloadRatio: payloadRatio,
            bareRatio: bare.gainWithoutFraming.flatMap { gain in payloadRatio.map { $0 * gain } },
            compressNanosPerByte: Estimate(compress, widenedBy: CodecTurns.widening),
            decompressNanosPerByte: Estimate(decompress, widenedBy: CodecTurns.widening),
            contextByteCount: compressor.contextByteCount, zstdCompressShare: bare.compressShare,
            zstdDecompressShare: bare.decompressShare, visits: visits,
            isSettled: standing.visits >= CodecTurns.fewestVisits
                && standing.reach.map { $0 <= tolerance } == true)
    }
}
