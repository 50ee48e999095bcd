import Measurement

/// One row of `comparison.csv`: a variant's repetitions in one metric, compared with the
/// baseline's.
public struct ComparisonRow: TableRow {
    public static let fileName = "comparison.csv"
    public static let holds = "of a comparison: one row for each variant and metric"

    /// Of the comparison; nil until it has a folder.
    public internal(set) var runID: String?
    public let variant: String
    public let metric: ComparedMetric
    /// The values that count, in the order of the repetitions.
    public let values: [Double]
    /// Nil if none counts.
    public let median: Double?
    /// 95 %, bootstrapped; nil for a single value.
    public let interval: ClosedRange<Double>?
    public let baseline: String
    /// Median ÷ the baseline's median. Nil for the baseline itself, or where that is 0.
    public internal(set) var ratio: Double?
    public internal(set) var ratioInterval: ClosedRange<Double>?
    /// Mann–Whitney, two-sided, against the baseline; nil for the baseline itself.
    public internal(set) var p: Double?
    /// p for all tests of the variant together: see `FalseDiscovery`.
    public private(set) var adjustedP: Double?
    /// The smallest change that the repetitions could show; nil where they vary in nothing, or are fewer than
    /// three.
    public private(set) var detectable: DetectableChange?
    /// How many repetitions of each could show a difference at all; nil where there are so many.
    private(set) var fewestThatShow: Int?
    /// Whether so few repetitions show no difference even if it is the only metric that is compared.
    private(set) var canShowNothing = false
    public internal(set) var difference: Difference?
    /// Outliers among the repetitions. They still count.
    public let outliers: [Int]
    public internal(set) var isOnParetoFront: Bool?
    /// Nil without a limit, and for a baseline.
    public private(set) var judgement: DifferenceJudgement?
    /// Repetitions that do not count: `INVALID` ones, and those that the machine disturbed.
    public let excluded: [Int]
    /// How many of those the machine disturbed.
    private let disturbedCount: Int
    /// Whether the repetitions tend to be above the baseline's.
    private var isHigher = false

    /// The difference between a variant and the baseline that the repetitions show.
    public enum Difference: String, Sendable {
        case baseline
        /// The adjusted p is 0.05 or more, so the values may differ by chance; or the difference is too
        /// small to matter.
        case notShown = "~"
        case better
        case worse
        /// For a metric without a better direction.
        case higher
        case lower
    }

    init(
        variant: String, metric: ComparedMetric, baseline: String,
        counted: [(repetition: Int, value: Double)], excluded: [Int], disturbedCount: Int
    ) {
        self.variant = variant
        self.metric = metric
        self.baseline = baseline
        self.excluded = excluded
        self.disturbedCount = disturbedCount
        let values = counted.map(\.value)
        self.values = values
        median = Statistics.median(values)
        interval = BootstrapMedian(values)?.interval()
        outliers = Statistics.outliers(values).map { counted[$0].repetition }
        if variant == baseline { difference = .baseline }
    }

    /// Compares the row with the baseline's row of the same metric.
    mutating func compare(with base: ComparisonRow) {
        guard let median, let baseMedian = base.median,
            let test = MannWhitney(values, base.values)
        else { return }
        difference = .notShown
        isHigher = test.u * 2 > Double(values.count * base.values.count)
        if baseMedian != 0 { ratio = median / baseMedian }
        if let ours = BootstrapMedian(values), let theirs = BootstrapMedian(base.values) {
            ratioInterval = BootstrapMedian.ratioInterval(of: ours, to: theirs)
        }
        p = test.p
    }

    /// Whether the test has anything to tell: not where all repetitions of both have one value.
    func isTested(against base: ComparisonRow) -> Bool {
        p != nil && Set(values + base.values).count > 1
    }

    /// Concludes from all tests of the variant.
    /// - Parameters:
    ///   - adjusted: p for all of them together.
    ///   - nextLevel: the p that another one would need.
    mutating func conclude(adjustedP adjusted: Double, nextLevel: Double, base: ComparisonRow) {
        adjustedP = adjusted
        let isNegligible = ratio.map { abs($0 - 1) < Comparison.leastDifference } ?? false
        guard adjusted < Comparison.level, !isNegligible else {
            difference = .notShown
            detectable = DetectableChange(
                values, baseline: base.values, level: nextLevel, least: Comparison.leastDifference)
            let smallest = MannWhitney.smallestP(values.count, base.values.count)
            canShowNothing = smallest >= Comparison.level
            if smallest >= nextLevel {
                fewestThatShow = MannWhitney.fewestThatShow(below: nextLevel)
            }
            return
        }
        switch metric.better {
        case .higher: difference = isHigher ? .better : .worse
        case .lower: difference = isHigher ? .worse : .better
        case nil: difference = isHigher ? .higher : .lower
        }
    }

    /// Whether it differs from the baseline.
    var isShown: Bool {
        switch difference {
        case .better, .worse, .higher, .lower: true
        case nil, .baseline, .notShown: false
        }
    }

    mutating func judge(by limit: DifferenceLimit, against base: ComparisonRow) {
        judgement = DifferenceJudgement(
            limit, values, baseline: base.values,
            disturbed: (disturbedCount, base.disturbedCount))
    }

    public static let columns: [Column<ComparisonRow>] = [
        .text(
            "run_id",
            "Name of the comparison: its profile, or `compared`, and the UTC time of its start."
        ) { $0.runID },
        .text("variant", "Name of the variant.") { $0.variant },
        .text("metric", "The column of `summary.csv` that is compared.") { $0.metric.column },
        .text("unit", "Unit of the medians and of their intervals; empty for a plain number.") {
            $0.metric.unit
        },
        .text("better", "`higher` or `lower`, whichever is better; empty if neither is.") {
            $0.metric.better?.rawValue
        },
        .integer("repetitions", "How many repetitions count.") { $0.values.count },
        measured("median", "Median of the repetitions.") { $0.median },
        measured(
            "ci_low",
            "Lower end of the bootstrapped 95 % interval of the median; empty for one repetition."
        ) { $0.interval?.lowerBound },
        measured("ci_high", "Its upper end.") { $0.interval?.upperBound },
        .text("baseline", "The variant that this one is compared with.") { $0.baseline },
        .decimal("ratio", "`median` ÷ the baseline's; empty for the baseline.", digits: 6) {
            $0.ratio
        },
        .decimal(
            "ratio_ci_low", "Lower end of the bootstrapped 95 % interval of the ratio.", digits: 6
        ) { $0.ratioInterval?.lowerBound },
        .decimal("ratio_ci_high", "Its upper end.", digits: 6) { $0.ratioInterval?.upperBound },
        .decimal(
            "p_value", "Mann–Whitney against the baseline, two-sided; empty for the baseline.",
            digits: 9
        ) { $0.p },
        .text(
            "difference",
            "`baseline`; where `p_adjusted` < 0.05 `better` or `worse`, or, without a better direction, `higher` or "
                + "`lower`; `~` where no difference is shown, or one of less than 0.1 %."
        ) { $0.difference?.rawValue },
        .list(
            "outliers",
            "Repetitions that are outliers, separated by blanks; they still count.", separator: " "
        ) { $0.outliers.map(String.init) },
        .truth(
            "pareto",
            "`true`: no variant has both a higher ratio and less CPU, by the medians; else `false`. "
                + "Only for `compression_ratio` and the CPU that they are ranked by: "
                + "`codec_cpu_s_per_logical_gb`, or `cpu_s_per_logical_gb` where a variant lacks it."
        ) { $0.isOnParetoFront },
        .list(
            "excluded",
            "Repetitions that do not count: `INVALID` ones, and those that the machine disturbed, where the "
                + "variant has others.", separator: " "
        ) { $0.excluded.map(String.init) },
        .text("fail_if", "The limit of `--fail-if`, such as `worse than 5%`; empty without one.") {
            $0.judgement?.limit.words
        },
        .text(
            "fail_if_result",
            "`holds`, `failed`, `cannot_tell`, `too_few_repetitions` or `not_measured`; empty "
                + "without a limit."
        ) { $0.judgement?.word },
        .decimal(
            "p_adjusted",
            "`p_value` for all metrics of the variant together (Benjamini and Hochberg 1995); empty for the "
                + "baseline, and where no repetition differs.", digits: 9
        ) { $0.adjustedP },
        .decimal(
            "detectable_percent",
            "Where no difference is shown: the smallest change that four of five such comparisons would show, in "
                + "percent of the baseline; empty where none could be."
        ) { $0.detectable?.share.map { $0 * 100 } },
        .integer(
            "repetitions_needed",
            "So many repetitions of each would show a change as large as the measured one; empty where more than "
                + "1000 are needed."
        ) { $0.detectable?.repetitions },
    ]

    private static func measured(
        _ name: String, _ meaning: String, _ value: @escaping @Sendable (ComparisonRow) -> Double?
    ) -> Column<ComparisonRow> {
        Column(name, meaning, kind: .number) { row in
            value(row).map { .decimal($0, digits: row.metric.digits) } ?? .absent
        }
    }
}
