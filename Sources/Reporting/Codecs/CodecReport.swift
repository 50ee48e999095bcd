import Measurement

/// The output of the codec pass of `weir advise`: a table for each size of batches, then what it says.
public struct CodecReport {
    /// Marked by `CodecRow.markingFront`.
    public var rows: [CodecRow]
    /// How it was measured, in sentences.
    public var circumstances: [String]
    /// Only the front of each table.
    public var isBrief = false
    /// Of a line.
    public var width: Int

    public init(
        rows: [CodecRow], circumstances: [String], isBrief: Bool = false,
        width: Int = TerminalWidth.usual
    ) {
        self.rows = rows
        self.circumstances = circumstances
        self.isBrief = isBrief
        self.width = width
    }

    /// A ratio below which compression is not worth anything: batches of random bytes reach it by
    /// chance, since record framing alone can be compressed.
    static let leastGain = 1.05

    public var text: String {
        let groups = rows.map(\.batch).uniqued().map { batch in rows.filter { $0.batch == batch } }
        var lines = answer(groups)
        for group in groups { lines += table(group) + [""] }
        lines += wrapped(Self.legend)
        for sentence in circumstances { lines += wrapped(sentence) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What there is to gain, before the tables.
    private func answer(_ groups: [[CodecRow]]) -> [String] {
        if let nothing { return wrapped(nothing) + [""] }
        let knees = groups.compactMap { group in
            CodecKnee(CodecRow.front(group)).map { "With \(group[0].batch.text), \($0.sentence)" }
        }
        return knees.flatMap { wrapped($0) } + (knees.isEmpty ? [] : [""])
    }

    private func wrapped(_ text: String) -> [String] {
        SummaryReport.wrapped(text, indent: 0, width: width)
    }

    private static let legend =
        "ratio: uncompressed ÷ stored bytes of batches. payload: keys and values ÷ stored bytes; alone: "
        + "the same without record framing, as a benchmark of the codec shows it. CPU time is that of "
        + "one thread, per byte before compression, with its 95 % interval. front: no other is shown "
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
        let shown = isBrief ? CodecRow.front(rows) : rows
        let size = Figure.bytes(first.bytesPerBatch)
        let count =
            first.batchRecords == nil
            ? ", \(Figure.significant(first.recordsPerBatch)) records" : ""
        let part = rows.contains { $0.sampleShare < 1 } ? "" : ", the whole sample"
        return wrapped("\(first.batch.text)\(count), \(size) before compression\(part)")
            + fitting(shown)
    }

    /// A column of the table.
    private struct Cells: Sendable {
        var title: String
        /// The lowest goes first where the line is too narrow; codecs.csv has all.
        var rank: Int
        var text: @Sendable (CodecRow) -> String
    }

    private static let columns: [Cells] = [
        Cells(title: "", rank: 9) { $0.setting },
        Cells(title: "ratio", rank: 9) { row in
            row.ratio.map { FigureInterval.text($0) } ?? "-"
        },
        Cells(title: "payload", rank: 3) { number($0.payloadRatio) },
        Cells(title: "alone", rank: 4) { $0.codec == "none" ? "" : number($0.bareRatio) },
        Cells(title: "compress", rank: 9) { time($0.compressNanosPerByte) },
        Cells(title: "", rank: 2) { rate($0.compressNanosPerByte) },
        Cells(title: "decompress", rank: 8) { time($0.decompressNanosPerByte) },
        Cells(title: "", rank: 1) { rate($0.decompressNanosPerByte) },
        Cells(title: "memory", rank: 6) { row in
            row.contextByteCount.map { $0 > 0 ? Figure.bytes(Double($0)) : "" } ?? ""
        },
        Cells(title: "libzstd", rank: 5) { row in
            row.zstdCompressShare.map { Figure.percent(ofShare: $0) } ?? ""
        },
        Cells(title: "", rank: 7) { $0.isOnFront ? "front" : "" },
    ]

    private func fitting(_ rows: [CodecRow]) -> [String] {
        for least in 1...9 {
            let columns = Self.columns.filter { $0.rank >= least }
            var table = TextTable()
            table.add(columns.map(\.title))
            for row in rows { table.add(columns.map { $0.text(row) }) }
            let lines = table.lines(gap: 2)
            if least == 9 || lines.allSatisfy({ $0.count <= width }) { return lines }
        }
        return []
    }

    private static func time(_ estimate: Estimate?) -> String {
        estimate.map { estimate in
            FigureInterval.text(estimate) { Figure.significant($0) + " ns" }
        } ?? ""
    }

    private static func rate(_ estimate: Estimate?) -> String {
        guard let estimate, estimate.value > 0 else { return "" }
        return Figure.byteRate(1e9 / estimate.value)
    }

    private static func number(_ value: Double?) -> String {
        value.map { Figure.significant($0) } ?? "-"
    }
}
