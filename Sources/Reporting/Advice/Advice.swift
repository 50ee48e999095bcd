import Measurement

/// Which variant to choose: those on the Pareto front of compression ratio and CPU cost that keep
/// within a budget, and whether one of them wins.
///
/// A difference counts if 95 % intervals do not touch, and a budget is kept if the whole interval
/// is within it. So more measurements allow more conclusions; nothing is claimed that is not shown.
public struct Advice: Sendable {
    /// A limit on one figure.
    public struct Budget: Sendable, Equatable {
        /// Of `ComparedMetric`, such as `e2e_latency_p99_us`.
        public var metric: String
        /// Whether the figure must be at most the limit, or else at least.
        public var isAtMost: Bool
        /// In the metric's unit.
        public var limit: Double
        /// As the user wrote it.
        public var text: String

        public init(metric: String, isAtMost: Bool, limit: Double, text: String) {
            self.metric = metric
            self.isAtMost = isAtMost
            self.limit = limit
            self.text = text
        }
    }

    /// A limit that no variant keeps, not even one without a codec.
    public struct Unmet: Sendable, Equatable {
        public let budget: Budget
        /// What the best variant without a codec has.
        public let reached: String
    }

    /// A variant with its figures.
    public struct Candidate: Sendable, Equatable {
        public let name: String
        public let ratio: Double
        public let ratioInterval: ClosedRange<Double>
        /// CPU seconds for a logical gigabyte: of the codec, or of the whole process where a result does
        /// not tell them apart.
        public let cost: Double
        public let costInterval: ClosedRange<Double>
    }

    public struct Excluded: Sendable, Equatable {
        public let name: String
        public let reason: String
    }

    public enum Conclusion: Sendable, Equatable {
        /// Nothing that fits the budget is shown to be better in any figure that counts.
        case winner(String, reason: String)
        /// It depends on the figure that counts: each list has the variants that are not told apart
        /// in it, the leading one first.
        case tradeOff(leastCPU: [String], mostCompression: [String])
        case noClearWinner([String])
        case nothingFits
    }

    /// Within the budget and on the front, from the least CPU to the most.
    public let front: [Candidate]
    /// Within the budget, and shown to be worse than one on the front.
    public let dominated: [Candidate]
    public let excluded: [Excluded]
    /// Limits that are broken by all, also without a codec: by the machine or the rate. They exclude
    /// nothing.
    public let unmet: [Unmet]
    /// All variants that have both figures, from the least CPU to the most.
    public let measured: [Candidate]
    /// Whether `cost` is of the codec alone.
    public let isCodecCost: Bool
    public let conclusion: Conclusion

    /// - Parameters:
    ///   - comparison: of the variants, with repetitions.
    ///   - budgets: all must be kept. If one of them limits the CPU cost, only the ratio decides;
    ///     else CPU is weighed against it.
    public init(_ comparison: Comparison, budgets: [Budget]) {
        let costs = [ComparedMetric.codecCost, ComparedMetric.cpuCost]
        let cost = comparison.costMetric
        isCodecCost = cost == ComparedMetric.codecCost
        let unmet = budgets.compactMap { Self.unmet($0, in: comparison) }
        self.unmet = unmet
        let decisive = budgets.filter { budget in !unmet.contains { $0.budget == budget } }
        var fitting: [Candidate] = []
        var excluded: [Excluded] = []
        var measured: [Candidate] = []
        for variant in comparison.variants {
            let candidate = Candidate(variant.name, comparison, cost: cost)
            if let candidate { measured.append(candidate) }
            let reason = decisive.lazy.compactMap {
                Self.violation($0, by: variant.name, in: comparison)
            }.first
            if let reason {
                excluded.append(Excluded(name: variant.name, reason: reason))
            } else if let candidate {
                fitting.append(candidate)
            } else {
                excluded.append(
                    Excluded(name: variant.name, reason: "no valid run measured its cost"))
            }
        }
        self.measured = measured.sorted { $0.cost < $1.cost }
        let places = ParetoFront.indices(
            of: fitting.map { (x: $0.ratioInterval, y: $0.costInterval) }, x: .higher, y: .lower)
        let isOnFront = Set(places)
        front = places.map { fitting[$0] }.sorted { $0.cost < $1.cost }
        dominated = fitting.indices.filter { !isOnFront.contains($0) }.map { fitting[$0] }
        self.excluded = excluded
        let hasCostBudget = decisive.contains { costs.contains($0.metric) }
        conclusion =
            hasCostBudget ? Self.smallest(of: front) : Self.balance(front)
    }

    /// The settings that the conclusion names first.
    public var named: Set<String> { conclusion.leaders }

    // MARK: The budget

    /// Why a variant is not shown to keep a budget; nil if it is.
    private static func violation(
        _ budget: Budget, by variant: String, in comparison: Comparison
    ) -> String? {
        guard let row = comparison.row(variant: variant, metric: budget.metric),
            let median = row.median
        else { return "\(budget.text): not measured" }
        let interval = row.interval ?? median...median
        func isWithin(_ value: Double) -> Bool {
            budget.isAtMost ? value <= budget.limit : value >= budget.limit
        }
        let worst = budget.isAtMost ? interval.upperBound : interval.lowerBound
        if isWithin(worst) { return nil }
        let shown = row.metric.text(median)
        return isWithin(median)
            ? "\(budget.text): \(shown), but its interval extends to \(row.metric.text(worst))"
            : "\(budget.text): \(shown)"
    }

    /// Nil for a limit that any variant keeps by its median, and where none is without a codec.
    private static func unmet(_ budget: Budget, in comparison: Comparison) -> Unmet? {
        guard budget.metric != ComparedMetric.compressionRatio else { return nil }
        func isBetter(_ a: Double, _ b: Double) -> Bool { budget.isAtMost ? a < b : a > b }
        let reached = comparison.variants.compactMap { variant in
            comparison.row(variant: variant.name, metric: budget.metric).flatMap { row in
                row.median.map { (row: row, median: $0) }
            }
        }
        let isKept = reached.contains { !isBetter(budget.limit, $0.median) }
        let plain = reached.filter { reached in
            let ratio = comparison.row(
                variant: reached.row.variant, metric: ComparedMetric.compressionRatio)
            return ratio?.median == 1
        }
        guard !isKept, let best = plain.min(by: { isBetter($0.median, $1.median) }) else {
            return nil
        }
        return Unmet(budget: budget, reached: best.row.metric.text(best.median))
    }

    // MARK: The conclusion

    /// CPU is limited by the budget, so the best ratio wins, and among those that may tie, the
    /// cheapest.
    private static func smallest(of front: [Candidate]) -> Conclusion {
        guard let best = front.max(by: { $0.ratio < $1.ratio }) else { return .nothingFits }
        let rivals = front.filter { $0.ratioInterval.overlaps(best.ratioInterval) }
        if rivals.count == 1 {
            return .winner(best.name, reason: "it compresses most of those that fit the budget")
        }
        guard let cheapest = cheapest(of: rivals) else {
            return .noClearWinner(names(best, first: rivals))
        }
        return .winner(
            cheapest.name,
            reason: "no other that fits the budget is shown to compress better, and it costs less "
                + "CPU than those that may compress as well")
    }

    private static func balance(_ front: [Candidate]) -> Conclusion {
        guard let least = front.first, let best = front.max(by: { $0.ratio < $1.ratio }) else {
            return .nothingFits
        }
        if front.count == 1 {
            return .winner(
                least.name,
                reason: "none that fits is shown to compress better or to cost less CPU")
        }
        let cheap = front.filter { $0.costInterval.overlaps(least.costInterval) }
        let small = front.filter { $0.ratioInterval.overlaps(best.ratioInterval) }
        // A variant that is among the best in both wins if it is the only one.
        let both = cheap.filter(small.contains)
        if both.count == 1 {
            // Also names a variant that may cost less CPU though that is not shown.
            let cheaper = cheap.filter { $0.cost < both[0].cost }.map(\.name)
            let doubt =
                cheaper.isEmpty
                ? ""
                : "; less CPU by the medians, though within overlapping intervals: "
                    + cheaper.joined(separator: ", ")
            return .winner(
                both[0].name,
                reason: "no other is shown to compress better, and no other to cost less CPU"
                    + doubt)
        }
        if !both.isEmpty { return .noClearWinner(both.map(\.name)) }
        return .tradeOff(
            leastCPU: names(least, first: cheap), mostCompression: names(best, first: small))
    }

    /// The one that is shown to cost less than each of the others.
    private static func cheapest(of candidates: [Candidate]) -> Candidate? {
        candidates.first { candidate in
            candidates.allSatisfy {
                $0 == candidate || candidate.costInterval.upperBound < $0.costInterval.lowerBound
            }
        }
    }

    private static func names(_ leader: Candidate, first all: [Candidate]) -> [String] {
        [leader.name] + all.filter { $0 != leader }.map(\.name)
    }
}

extension Advice.Candidate {
    /// Nil if ratio or cost was not measured.
    fileprivate init?(_ name: String, _ comparison: Comparison, cost metric: String) {
        let ratioRow = comparison.row(variant: name, metric: ComparedMetric.compressionRatio)
        let costRow = comparison.row(variant: name, metric: metric)
        guard let ratio = ratioRow?.median, let cost = costRow?.median else { return nil }
        self.name = name
        self.ratio = ratio
        self.cost = cost
        // A single run does not show how it varies; weir advise makes several.
        ratioInterval = ratioRow?.interval ?? ratio...ratio
        costInterval = costRow?.interval ?? cost...cost
    }
}
