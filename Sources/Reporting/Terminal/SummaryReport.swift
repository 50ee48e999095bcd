import Measurement

/// The last thing that a run prints: what `summary.csv` says of it, for a person.
///
/// Plain text of at most 100 columns, the verdict first. What was not measured has no line.
public enum SummaryReport {
    public static let width = 100

    /// - Parameters:
    ///   - thresholds: those of the profile, below the figures that they are about.
    ///   - resultsPath: the folder, for the last line.
    public static func text(
        _ row: SummaryRow, thresholds: [ThresholdRow] = [], resultsPath: String? = nil
    ) -> String {
        let sections = [
            verdict(row), throughput(row), latency(row), consumers(row), machine(row), shares(row),
            ThresholdReport.lines(thresholds),
        ]
        var lines = Array(sections.filter { !$0.isEmpty }.joined(separator: [""]))
        if let resultsPath { lines += ["", "Results in \(resultsPath)"] }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func verdict(_ row: SummaryRow) -> [String] {
        var title = "\(row.verdict.rawValue): \(row.run.profile) on \(row.run.target)"
        if row.run.variant != "default" { title += ", \(row.run.variant)" }
        if row.run.repetition > 1 { title += ", repetition \(row.run.repetition)" }
        title +=
            row.durationSeconds > 0
            ? ", \(Figure.duration(seconds: row.durationSeconds))" : ", nothing measured"
        switch (row.loop, row.settings.offeredRateRecordsPerSecond) {
        case (.closed, _): title += ", closed loop (rate: max)"
        case (.open, let rate?): title += ", \(Figure.rate(rate)) offered"
        case (.open, nil): break
        }
        return wrapped(title, indent: 0)
            + row.verdictReasons.flatMap { wrapped("- " + $0, indent: 2) }
    }

    private static func throughput(_ row: SummaryRow) -> [String] {
        var table = TextTable()
        let atLeast = row.verdict == .generatorBound ? ">= " : ""
        let throughput = row.throughput
        func add(_ name: String, _ count: UInt64?, _ rate: Double?, _ bytes: Double?) {
            guard let count else { return }
            table.add([
                name, "\(Figure.count(count)) records", atLeast + (rate.map(Figure.rate) ?? ""),
                bytes.map { Figure.byteRate($0 * 1e6) } ?? "",
            ])
        }
        add(
            "produced", throughput.ackedRecords, row.ackedRate,
            row.logicalMegabytesPerSecond)
        add(
            "consumed", throughput.consumedRecords, row.consumedRate,
            row.consumedMegabytesPerSecond)
        if let stored = throughput.storedBytes {
            table.add([
                "stored", Figure.bytes(Double(stored)), "",
                row.storedMegabytesPerSecond.map { Figure.byteRate($0 * 1e6) } ?? "",
            ])
        }
        var lines = table.isEmpty ? [] : ["Throughput"] + table.lines()
        if let failed = throughput.failedRecords, failed > 0 {
            lines.append("  \(Figure.count(failed)) records failed")
        }
        return lines.isEmpty ? [] : lines + compression(row)
    }

    private static func compression(_ row: SummaryRow) -> [String] {
        var parts: [String] = []
        if let type = row.settings.compressionType {
            parts.append(type + (row.settings.compressionLevel.map { ":\($0)" } ?? ""))
        }
        if let ratio = row.throughput.compressionRatio {
            parts.append("ratio \(Figure.significant(ratio))")
        }
        if let records = row.throughput.recordsPerBatch {
            parts.append("\(Figure.significant(records)) records a batch")
        }
        if let bytes = row.throughput.bytesPerBatch {
            parts.append("\(Figure.bytes(bytes)) a batch")
        }
        return parts.isEmpty ? [] : ["  compression " + parts.joined(separator: ", ")]
    }

    private static func latency(_ row: SummaryRow) -> [String] {
        var table = TextTable(indent: 0)
        table.add(["Latency", "p50", "p90", "p99", "p99.9", "max"])
        for kind in LatencyKind.allCases {
            guard let latency = row.latencies[kind] else { continue }
            let values = [
                latency.p50Nanos, latency.p90Nanos, latency.p99Nanos, latency.p999Nanos,
                latency.maxNanos,
            ]
            table.add(["  " + kind.title] + values.map { Figure.duration(nanos: $0) })
        }
        return row.latencies.isEmpty ? [] : table.lines()
    }

    private static func consumers(_ row: SummaryRow) -> [String] {
        var lines: [String] = []
        var lag: [String] = []
        if let records = row.lag.maxRecords { lag.append("\(Figure.count(records)) records") }
        if let millis = row.lag.maxMillis {
            // Records of earlier runs have timestamps of whole milliseconds.
            let isFiner = millis == 0 && row.lag.maxRecords ?? 0 > 0
            lag.append(isFiner ? "< 1 ms" : Figure.duration(nanos: millis * 1e6))
        }
        if !lag.isEmpty { lines.append("Lag      at most " + lag.joined(separator: ", ")) }
        if let seconds = row.lag.drainSeconds {
            let rate = row.lag.drainRateRecordsPerSecond.map { " at \(Figure.rate($0))" } ?? ""
            lines.append("Drain    \(Figure.duration(seconds: seconds))\(rate)")
        }
        let audit: [(String, UInt64?)] = [
            ("lost", row.audit.lost), ("duplicated", row.audit.duplicated),
            ("reordered", row.audit.reordered), ("corrupt", row.audit.corrupt),
            ("misrouted", row.audit.misrouted),
        ]
        let counted = audit.compactMap { name, count in count.map { "\(Figure.count($0)) \(name)" }
        }
        if !counted.isEmpty { lines.append("Audit    " + counted.joined(separator: ", ")) }
        return lines
    }

    private static func machine(_ row: SummaryRow) -> [String] {
        let machine = row.machine
        var lines: [String] = []
        if let worst = machine.hiccupMaxNanos {
            let p99 = machine.hiccupP99Nanos.map { ", p99 \(Figure.duration(nanos: $0))" } ?? ""
            let steal = machine.cpuStealPercent.map {
                ", CPU steal \(Figure.percent(ofShare: $0 / 100))"
            }
            lines.append(
                "Hiccups  at most \(Figure.duration(nanos: worst))\(p99)\(steal ?? "")")
        }
        if let user = machine.cpuUserSeconds, let system = machine.cpuSystemSeconds {
            let cost = row.cpuSecondsPerLogicalGigabyte.map {
                ", \(Figure.significant($0)) s per logical GB"
            }
            lines.append(
                "CPU      \(Figure.significant(user)) s user, \(Figure.significant(system)) s system"
                    + (cost ?? ""))
        }
        if let memory = machine.rssMaxBytes {
            lines.append("Memory   \(Figure.bytes(Double(memory))) at most")
        }
        if let calls = machine.fdatasyncCalls, calls > 0 {
            let each = row.flushesPerAckedBatch.map { ", \(Figure.significant($0)) a batch" } ?? ""
            lines.append("Flushes  \(Figure.count(calls)) fdatasync\(each)")
        }
        return lines
    }

    private static func shares(_ row: SummaryRow) -> [String] {
        let shares = row.shares
        let limits: [(String, Double?)] = [
            ("memory copy", shares.ofMemoryCopy), ("CRC-32C", shares.ofCRC32C),
            ("write", shares.ofWrite), ("fdatasync", shares.ofFdatasync),
            ("codec, compressing", shares.ofCompression),
            ("codec, decompressing", shares.ofDecompression), ("sendfile", shares.ofSendfile),
            ("socket write", shares.ofSocketWrite),
        ]
        var table = TextTable()
        for case (let name, let share?) in limits {
            table.add([name, Figure.percent(ofShare: share)])
        }
        return table.isEmpty ? [] : ["Share of this machine's limit"] + table.lines()
    }

    /// Breaks a sentence at blanks so that no line is wider than a terminal.
    static func wrapped(_ text: String, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        var line = margin
        for word in text.split(separator: " ") {
            if line.count + word.count + 1 > width, line != margin {
                lines.append(line)
                line = margin + (indent > 0 ? "  " : "") + word
            } else {
                line += (line == margin ? "" : " ") + word
            }
        }
        return lines + [line]
    }
}

extension LatencyKind {
    fileprivate var title: String {
        switch self {
        case .sendDelay: "send delay"
        case .serviceLatency: "service"
        case .responseLatency: "response"
        case .endToEndLatency: "end to end"
        }
    }
}
