import Measurement

/// What is shown of a variant against its baseline, in one sentence: for the terminal and for pages.
///
/// `zstd:1 stores 4.70 times less than none [4.60 … 4.80] for 1.26 × the CPU [1.20 … 1.30]; end-to-end
/// p99 is not shown to differ (a change of 8 % or more would have been).`
struct Finding {
    /// A metric that was compared.
    struct Part {
        var metric: ComparedMetric
        /// As in `comparison.csv`.
        var difference: String
        var ratio: Double?
        var interval: ClosedRange<Double>?
        /// The smallest change that could have been shown, as a share; nil if none could.
        var detectable: Double?
        var repetitions: Int

        var isShown: Bool { difference != ComparisonRow.Difference.notShown.rawValue }
    }

    let variant: String
    let baseline: String
    /// In the order in which they are said.
    let parts: [Part]

    /// What people choose by, the first ones first.
    private static let saidFirst = [
        ComparedMetric.compressionRatio, ComparedMetric.cpuCost, ComparedMetric.codecCost,
    ]

    /// Four against four reach p < 0.05 only if few metrics are tested.
    private static let fewestThatShow = 5

    /// - Parameter parts: of the key metrics, without those that were not compared. Nil without any.
    init?(_ variant: String, against baseline: String, _ parts: [Part]) {
        guard !parts.isEmpty else { return nil }
        self.variant = variant
        self.baseline = baseline
        func place(_ part: Part) -> Int {
            Self.saidFirst.firstIndex(of: part.metric.column) ?? Self.saidFirst.count
        }
        self.parts = parts.enumerated().sorted {
            (place($0.element), $0.offset) < (place($1.element), $1.offset)
        }.map(\.element)
    }

    var showsAnything: Bool { parts.contains(where: \.isShown) }

    var sentence: String {
        let shown = parts.filter(\.isShown)
        let open = parts.filter { !$0.isShown }
        let opening = Self.opening(shown, baseline)
        var clauses = [opening].compactMap(\.self)
        clauses += shown.filter { !Self.isInOpening($0) }.map { Self.clause($0, baseline) }
        if let clause = Self.notShown(open) {
            clauses.append(clauses.isEmpty ? "against \(baseline), " + clause : clause)
        }
        return variant + (opening == nil ? ": " : " ") + clauses.joined(separator: "; ") + "."
    }

    /// Bytes and CPU are one clause, since they are one choice.
    private static func isInOpening(_ part: Part) -> Bool {
        part.ratio.map { $0 > 0 } == true
            && [ComparedMetric.compressionRatio, ComparedMetric.cpuCost].contains(
                part.metric.column)
    }

    private static func opening(_ shown: [Part], _ baseline: String) -> String? {
        let parts = shown.filter(isInOpening)
        guard let first = parts.first, let ratio = first.ratio else { return nil }
        guard first.metric.column == ComparedMetric.compressionRatio else {
            return "takes \(times(first)) the CPU of \(baseline)\(brackets(first.interval))"
        }
        let isLess = ratio >= 1
        let bytes =
            "stores \(Figure.significant(isLess ? ratio : 1 / ratio)) times "
            + "\(isLess ? "less" : "more") than \(baseline)"
            + brackets(isLess ? first.interval : inverse(first.interval))
        guard parts.count > 1 else { return bytes }
        return bytes + " for \(times(parts[1])) the CPU\(brackets(parts[1].interval))"
    }

    private static func clause(_ part: Part, _ baseline: String) -> String {
        guard part.ratio != nil else {
            return "its \(part.metric.figure.title) is \(part.difference)"
        }
        return "its \(part.metric.figure.title) is \(times(part)) that of \(baseline)"
            + brackets(part.interval)
    }

    /// First those of which it is known what would have been shown.
    private static func notShown(_ parts: [Part]) -> String? {
        let known = parts.filter { $0.detectable?.isFinite == true }
        let others = parts.filter { $0.detectable?.isFinite != true }
        let isFew = others.contains { $0.repetitions < fewestThatShow }
        let rest = isFew ? ", nor could so few repetitions show it" : ""
        guard let first = known.first else {
            guard !others.isEmpty else { return nil }
            return "\(names(others)) \(verb(others)) not shown to differ" + rest
        }
        let change = Figure.percent(ofShare: first.detectable ?? 0)
        let shown =
            known.count == 1
            ? "\(names(known)) is not shown to differ (a change of \(change) or more would have been)"
            : list(
                known.map { part in
                    "\(part.metric.figure.title) (\(Figure.percent(ofShare: part.detectable ?? 0)))"
                }) + " are not shown to differ (a change of so much or more would have been)"
        return others.isEmpty ? shown : "\(shown), nor \(verb(others)) \(names(others))\(rest)"
    }

    private static func names(_ parts: [Part]) -> String { list(parts.map(\.metric.figure.title)) }

    private static func verb(_ parts: [Part]) -> String { parts.count == 1 ? "is" : "are" }

    private static func times(_ part: Part) -> String {
        part.ratio.map { Figure.significant($0) + " ×" } ?? ""
    }

    private static func brackets(_ interval: ClosedRange<Double>?) -> String {
        guard let interval, interval.lowerBound < interval.upperBound else { return "" }
        return " " + FigureInterval.brackets(interval)
    }

    private static func inverse(_ interval: ClosedRange<Double>?) -> ClosedRange<Double>? {
        interval.flatMap { $0.lowerBound > 0 ? 1 / $0.upperBound...1 / $0.lowerBound : nil }
    }

    private static func list(_ names: [String]) -> String {
        names.count < 2
            ? names.joined()
            : names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
    }
}

extension Finding.Part {
    /// Nil where nothing was compared.
    init?(_ row: ComparisonRow) {
        guard let difference = row.difference, difference != .baseline else { return nil }
        self.init(
            metric: row.metric, difference: difference.rawValue, ratio: row.ratio,
            interval: row.ratioInterval, detectable: row.detectable?.share,
            repetitions: row.values.count)
    }

    /// Of a row of `comparison.csv`.
    init?(_ row: CSVTable.Row) {
        guard let difference = row["difference"],
            difference != ComparisonRow.Difference.baseline.rawValue,
            let metric = ComparedMetric.all.first(where: { $0.column == row["metric"] })
        else { return nil }
        let ends = ["ratio_ci_low", "ratio_ci_high"].compactMap { row.number($0) }
        self.init(
            metric: metric, difference: difference, ratio: row.number("ratio"),
            interval: ends.count == 2 && ends[0] <= ends[1] ? ends[0]...ends[1] : nil,
            detectable: row.number("detectable_percent").map { $0 / 100 },
            repetitions: row.number("repetitions").flatMap { Int(exactly: $0) } ?? 0)
    }
}
