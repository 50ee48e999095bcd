import Measurement

/// The output of the codec pass of `weir advise`: a table for each size of batches, then what it says.
public struct CodecReport {
    /// Marked by `CodecRow.markingFront`.
    public var rows: [CodecRow]
    /// How it was measured, in sentences.
    public var circumstances: [String]
    /// Only the front of each table.
    public var isBrief = false

    public init(rows: [CodecRow], circumstances: [String], isBrief: Bool = false) {
        self.rows = rows
        self.circumstances = circumstances
        self.isBrief = isBrief
    }

    /// A ratio below which compression is not worth anything: batches of random bytes reach it by
    /// chance, since record framing alone can be compressed.
    static let leastGain = 1.05

    public var text: String {
        let groups = rows.map(\.batch).uniqued().map { batch in rows.filter { $0.batch == batch } }
        var lines: [String] = []
        for group in groups { lines += table(group) + [""] }
        if let nothing { lines += SummaryReport.wrapped(nothing, indent: 0) + [""] }
        lines += SummaryReport.wrapped(Self.legend, indent: 0)
        for sentence in circumstances { lines += SummaryReport.wrapped(sentence, indent: 0) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let legend =
        "ratio: uncompressed ÷ stored bytes of batches. payload: keys and values ÷ stored bytes; alone: "
        + "the same without record framing, as a benchmark of the codec shows it. CPU time is that of "
        + "one thread, per byte before compression; ± is the 95 % interval. front: no other is shown "
        + "to compress better in no more CPU time, or as well in less."

    /// Whether a codec is worth its time.
    public var hasGain: Bool { nothing == nil }

    /// A sentence if no codec gains anything; nil if one does.
    var nothing: String? {
        let measured = rows.filter { $0.codec != "none" }.compactMap { row in
            row.ratio.map { (row, $0) }
        }
        guard let best = measured.max(by: { $0.1.value < $1.1.value }),
            best.1.value < Self.leastGain
        else { return nil }
        return
            "Nothing to gain: the best ratio is \(Figure.significant(best.1.value)), of "
            + "\(best.0.setting) with \(best.0.batch.text). The records are compressed already, "
            + "encrypted or random: use compression.type=none."
    }

    private func table(_ rows: [CodecRow]) -> [String] {
        guard let first = rows.first else { return [] }
        var table = TextTable()
        table.add([
            "", "ratio", "payload", "alone", "compress", "", "decompress", "", "memory", "libzstd",
            "",
        ])
        for row in isBrief ? CodecRow.front(rows) : rows { table.add(cells(row)) }
        let size = Figure.bytes(first.bytesPerBatch)
        let count =
            first.batchRecords == nil
            ? ", \(Figure.significant(first.recordsPerBatch)) records" : ""
        let part = rows.contains { $0.sampleShare < 1 } ? "" : ", the whole sample"
        return ["\(first.batch.text)\(count), \(size) before compression\(part)"]
            + table.lines(gap: 2)
    }

    private func cells(_ row: CodecRow) -> [String] {
        [
            row.setting, row.ratio.map { Self.text($0, unit: "") } ?? "-",
            Self.number(row.payloadRatio), row.codec == "none" ? "" : Self.number(row.bareRatio),
            Self.time(row.compressNanosPerByte), Self.rate(row.compressNanosPerByte),
            Self.time(row.decompressNanosPerByte), Self.rate(row.decompressNanosPerByte),
            row.contextByteCount.map { $0 > 0 ? Figure.bytes(Double($0)) : "" } ?? "",
            row.zstdCompressShare.map { Figure.percent(ofShare: $0) } ?? "",
            row.isOnFront ? "front" : "",
        ]
    }

    private static func text(_ estimate: Estimate, unit: String) -> String {
        let reach = estimate.interval.map {
            max(estimate.value - $0.lowerBound, $0.upperBound - estimate.value)
        }
        // A ratio over the whole sample, or of batches that are all alike, has no doubt.
        let percent = reach.map { estimate.value > 0 ? $0 / estimate.value * 100 : 0 } ?? 0
        let doubt = percent >= 0.05 ? " ±\(Figure.fixed(percent, digits: 1)) %" : ""
        return Figure.significant(estimate.value) + unit + doubt
    }

    private static func time(_ estimate: Estimate?) -> String {
        estimate.map { text($0, unit: " ns") } ?? ""
    }

    private static func rate(_ estimate: Estimate?) -> String {
        guard let estimate, estimate.value > 0 else { return "" }
        return Figure.byteRate(1e9 / estimate.value)
    }

    private static func number(_ value: Double?) -> String {
        value.map { Figure.significant($0) } ?? "-"
    }
}
