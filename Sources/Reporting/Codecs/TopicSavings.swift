import Measurement

/// What a stored topic would take with other codecs.
public struct TopicSavings {
    public private(set) var row: TopicRow
    /// On the topic's batches, marked by `CodecRow.markingFront`.
    public let codecs: [CodecRow]
    /// How far the interval of new ÷ stored bytes reaches, as a share, since only a sample was read.
    let samplingReach: Double?
    /// Where the front bends; nil if nothing was measured.
    private let knee: CodecRow?

    public init(_ row: TopicRow, codecs: [CodecRow], samplingReach: Double?) {
        self.row = row
        self.codecs = codecs
        self.samplingReach = samplingReach
        knee = CodecKnee(CodecRow.front(codecs.filter { $0.storedBatches == 1 }))?.row
        guard let knee else { return }
        self.row.setting = knee.setting
        self.row.savedBytes = saved(knee)
        let larger = codecs.filter { $0.setting == knee.setting }.max {
            ($0.storedBatches ?? 0) < ($1.storedBatches ?? 0)
        }
        if let larger, (larger.storedBatches ?? 0) > 1 {
            self.row.savedWithLargerBatches = saved(larger)?.value
        }
    }

    /// On batches as they are stored.
    var asStored: [CodecRow] { codecs.filter { $0.storedBatches == 1 } }

    /// Bytes of the topic with a setting, per byte that it takes now.
    ///
    /// Larger batches also lose headers, which is in the bytes of a record.
    private func share(_ codec: CodecRow) -> Double? {
        guard let ratio = codec.ratio?.value, ratio > 0, row.storedRatio > 0,
            let own = codecs.first(where: { $0.storedBatches == 1 })
        else { return nil }
        let bytes = codec.bytesPerBatch / codec.recordsPerBatch
        let now = own.bytesPerBatch / own.recordsPerBatch / row.storedRatio
        return bytes / ratio / now
    }

    func saved(_ codec: CodecRow) -> Estimate? {
        guard let share = self.share(codec) else { return nil }
        let stored = Double(row.storedBytes)
        let reach = samplingReach.map { $0 * share * stored }
        let value = (1 - share) * stored
        return Estimate(value, interval: reach.map { value - $0...value + $0 })
    }

    /// The settings on the front of the batches as they are, from the cheapest, and the advised one on
    /// larger batches.
    func lines(width: Int) -> [String] {
        let larger = codecs.filter { $0.setting == row.setting && ($0.storedBatches ?? 0) > 1 }
        var table = TextTable()
        table.add(["", "", "stores", "saves", "", "compress", "decompress"])
        for codec in CodecRow.front(asStored) + larger {
            guard let saved = self.saved(codec) else { continue }
            let share = row.storedBytes > 0 ? saved.value / Double(row.storedBytes) : 0
            table.add([
                codec.setting,
                codec.storedBatches.map { $0 > 1 ? "\($0) in one" : "" } ?? "",
                Figure.bytes(Double(row.storedBytes) - saved.value),
                FigureInterval.text(saved, Self.bytes),
                (share < 0 ? "−" : "") + Figure.percent(ofShare: abs(share)),
                codec.compressNanosPerByte.map { Figure.significant($0.value) + " ns" } ?? "",
                codec.decompressNanosPerByte.map { Figure.significant($0.value) + " ns" } ?? "",
            ])
        }
        return SummaryReport.wrapped(heading, indent: 0, width: width)
            + SummaryReport.wrapped(change, indent: 0, width: width) + table.lines(gap: 2)
            + faults.flatMap { SummaryReport.wrapped($0, indent: 2, width: width) }
    }

    /// Nobody changes a setting for a smaller share of what is stored.
    private static let leastGain = 0.01

    /// Whether a setting is shown to store less than there is now, by enough to change it.
    private func saves(_ codec: CodecRow) -> Bool {
        guard let saved = self.saved(codec) else { return false }
        return (saved.interval?.lowerBound ?? saved.value)
            > Self.leastGain * Double(row.storedBytes)
    }

    /// Whether the records are compressed already, or random: no codec makes them smaller by enough.
    private var gainsByNoCodec: Bool {
        guard let none = asStored.first(where: { $0.codec == "none" })?.ratio?.value else {
            return false
        }
        return asStored.allSatisfy { codec in
            codec.ratio.map { none / $0.value > 1 - Self.leastGain } ?? true
        }
    }

    /// The same of the setting where the front bends.
    var isSaving: Bool { knee.map(saves) ?? false }

    /// How far the ratio of what is stored may be from that of a setting which it counts as.
    private static let likeness = 0.05

    /// The measured setting that the topic is stored with, as far as the ratio tells: batches name their
    /// codec, but not its level. Nil for several codecs.
    private var current: CodecRow? {
        func distance(_ codec: CodecRow) -> Double {
            abs((codec.ratio?.value ?? .infinity) / row.storedRatio - 1)
        }
        let nearest = asStored.filter { $0.codec == row.storedWith }.min {
            distance($0) < distance($1)
        }
        return nearest.flatMap { distance($0) < Self.likeness ? $0 : nil }
    }

    /// What the setting where the front bends would change against what is stored now.
    var change: String {
        guard let knee, let saved = self.saved(knee)?.value else { return "" }
        guard !gainsByNoCodec else {
            return "No codec gains anything: the records are compressed already, or random. none "
                + "stores as much, within 1 %, for no CPU."
        }
        guard !isSaving else {
            return "\(knee.setting) in place of \(row.storedWith) would store \(amount(saved)) less"
                + "\(time(of: knee))."
        }
        let reason =
            if knee.setting == current?.setting {
                "its ratio is that of \(knee.setting), where the front bends"
            } else if saved < 0 {
                "\(knee.setting), where the front bends, would store \(amount(-saved)) more"
                    + time(of: knee)
            } else {
                "\(knee.setting), where the front bends, is not shown to store at least 1 % less"
            }
        // The front begins with the cheapest.
        let smaller = CodecRow.front(asStored).first(where: saves).flatMap { codec in
            self.saved(codec).map { saved in
                "the cheapest setting that is shown to store at least 1 % less is \(codec.setting), by "
                    + "\(amount(saved.value))\(time(of: codec))"
            }
        }
        return
            "Keep \(row.storedWith): \(reason); \(smaller ?? "no setting is shown to store at least 1 % less")."
    }

    /// `24.0 MB (22.0 %)`.
    private func amount(_ bytes: Double) -> String {
        let share = bytes / Double(max(row.storedBytes, 1))
        return "\(Figure.bytes(bytes)) (\(Figure.percent(ofShare: share)))"
    }

    /// `, for 4.00 ns of CPU a byte to compress in place of about 2.00`.
    private func time(of codec: CodecRow) -> String {
        guard let time = codec.compressNanosPerByte?.value else { return "" }
        let now = current?.compressNanosPerByte.map {
            " in place of about \(Figure.significant($0.value))"
        }
        return ", for \(Figure.significant(time)) ns of CPU a byte to compress\(now ?? "")"
    }

    private var heading: String {
        let part =
            row.sampleShare < 1
            ? "; measured on \(Figure.percent(ofShare: row.sampleShare)) of it, spread over partitions and time"
            : ""
        return
            "\(row.topic): \(Figure.bytes(Double(row.storedBytes))) in \(row.partitions) partition"
            + "\(row.partitions == 1 ? "" : "s"), stored with \(row.storedWith) at a ratio of "
            + "\(Figure.significant(row.storedRatio)), \(Figure.significant(row.recordsPerBatch)) "
            + "records a batch\(part)"
    }

    private var faults: [String] {
        guard row.undecodableBatches > 0 else { return [] }
        let left = row.undecodableBatches - row.faults.count
        return ["\(row.undecodableBatches) cannot be decoded:"]
            + row.faults.map { "- " + $0 } + (left > 0 ? ["and \(left) more"] : [])
    }

    static func bytes(_ count: Double) -> String {
        (count < 0 ? "−" : "") + Figure.bytes(abs(count))
    }
}

/// The output of `weir advise --log-dir`.
public enum TopicReport {
    /// - Parameter topics: in any order; those that would save most come first.
    public static func text(
        _ topics: [TopicSavings], of directory: String, width: Int
    ) -> String {
        let sorted = sorted(topics)
        var lines = SummaryReport.wrapped(answer(sorted, directory), indent: 0, width: width)
        for topic in sorted { lines += [""] + topic.lines(width: width) }
        lines += [""] + SummaryReport.wrapped(legend, indent: 0, width: width)
        return lines.joined(separator: "\n") + "\n"
    }

    public static func sorted(_ topics: [TopicSavings]) -> [TopicSavings] {
        topics.sorted {
            ($0.row.savedBytes?.value ?? -.infinity) > ($1.row.savedBytes?.value ?? -.infinity)
        }
    }

    private static func answer(_ topics: [TopicSavings], _ directory: String) -> String {
        let stored = topics.reduce(0) { $0 + $1.row.storedBytes }
        let saving = topics.filter(\.isSaving)
        let saved = saving.reduce(0) { $0 + ($1.row.savedBytes?.value ?? 0) }
        let what =
            "\(directory) stores \(Figure.bytes(Double(stored))) in \(topics.count) "
            + "topic\(topics.count == 1 ? "" : "s")"
        guard let first = saving.first, let setting = first.row.setting, stored > 0 else {
            return what + "; no codec is shown to store less of it without much CPU."
        }
        let change = "\(setting) in place of \(first.row.storedWith)"
        let less =
            what + "; \(Figure.bytes(saved)) less ("
            + "\(Figure.percent(ofShare: saved / Double(stored)))) if "
        guard topics.count > 1 else {
            return less
                + "it had the setting where its front bends, \(change), at the batches that "
                + "it has."
        }
        let which = saving.count == topics.count ? "each" : "\(saving.count) of them"
        return less
            + "\(which) had the setting where its front bends, at the batches that it has. Most "
            + "of it in \(first.row.topic), with \(change)."
            + (saving.count < topics.count ? " The others are not shown to gain by that." : "")
    }

    private static let legend =
        "Bytes are of one replica. Saves: against what is stored now, with the 95 % interval that a sample "
        + "leaves. CPU time is that of one thread, per byte before compression. A topic's producers, or its "
        + "compression.type, decide the codec of new batches; stored ones stay as they are."
}
