import Measurement

/// The outcome of one run at an offered rate: whether the target sustained it, and if not, why.
/// Read from the files of the run alone.
///
/// A rate is sustained if what was offered was acknowledged, every bound holds, and no group falls
/// farther and farther behind.
public struct ProbeOutcome: Sendable, Equatable {
    /// Why a rate was not sustained, the gravest first.
    public enum Limit: Sendable, Equatable {
        /// The run is not valid, so its figures mean nothing.
        case invalid(reason: String)
        /// The generator could not offer the rate, so the target's limit is above it.
        case generator
        /// A bound, as it was written, with what was measured in its unit.
        case bound(String, measured: String)
        /// Acknowledged, as a share of what was offered.
        case acknowledged(share: Double)
        /// A group falls behind by this many records a second.
        case growingLag(recordsPerSecond: Double)
    }

    /// The least share of the offered records; the rest are the last batches in flight.
    static let leastAcknowledgedShare = 0.99
    /// A lag that grows by more than this share of the rate is not noise.
    static let mostLagGrowth = 0.01

    public let limit: Limit?
    /// What the machine did while the rate was not sustained, if that can be the cause. Nil if it
    /// was sustained, disturbed or not.
    public let disturbance: MachineDisturbance?
    public var isSustained: Bool { limit == nil }

    /// The outcome in the search's terms.
    public var outcome: RateSearch.Outcome {
        switch limit {
        case nil: .sustained
        case _ where disturbance != nil: .disturbed
        case .generator: .generatorBound
        case .invalid, .bound, .acknowledged, .growingLag: .notSustained
        }
    }

    /// - Parameters:
    ///   - summary: the run's row of `summary.csv`.
    ///   - thresholds: `thresholds.csv`, where there were bounds.
    ///   - timeSeries: `timeseries.csv`.
    ///   - arrivesByChance: whether arrivals were Poisson, and not at a constant rate.
    public init(
        summary: CSVTable.Row, thresholds: CSVTable?, timeSeries: CSVTable?,
        arrivesByChance: Bool
    ) {
        let verdict = summary["verdict"].flatMap(Verdict.init(rawValue:))
        let failed = thresholds?.rows.first { $0["holds"] != "true" }
        let limit: Limit?
        if verdict == nil || verdict == .invalid {
            limit = .invalid(reason: summary["verdict_reasons"] ?? "it left no verdict")
        } else if verdict == .generatorBound {
            limit = .generator
        } else if let failed {
            let measured = failed["measured"].map { text in
                let unit = (failed["unit"] ?? "")
                return Self.figure(text, unit: unit)
            }
            limit = .bound(failed["threshold"] ?? "a bound", measured: measured ?? "not measured")
        } else if let share = Self.missedShare(summary, arrivesByChance) {
            limit = .acknowledged(share: share)
        } else {
            limit = Self.lagGrowth(timeSeries, summary).map(Limit.growingLag)
        }
        self.limit = limit
        switch limit {
        case nil, .invalid: disturbance = nil
        case .bound: disturbance = MachineDisturbance(summary: summary, failed: failed)
        case .generator, .acknowledged, .growingLag:
            disturbance = MachineDisturbance(summary: summary, failed: nil)
        }
    }

    // MARK: Criteria

    /// The share acknowledged, if it is too small. Poisson arrivals vary by the root of their
    /// number, which the target cannot help.
    private static func missedShare(
        _ summary: CSVTable.Row, _ arrivesByChance: Bool
    ) -> Double? {
        guard let offered = summary.number("offered_rate_records_per_s"), offered > 0,
            let acked = summary.number("acked_rate_records_per_s"),
            let seconds = summary.number("duration_s")
        else { return 0 }
        let records = max(offered * seconds, 1)
        let chance = arrivesByChance ? 3 / records.squareRoot() : 0
        let least = leastAcknowledgedShare - chance
        return acked / offered < least ? acked / offered : nil
    }

    /// By how many records a second the worst group falls behind, if that is too much: between the
    /// medians of the first and the last third of the measured part, so that the lag of one hiccup
    /// does not count.
    private static func lagGrowth(_ series: CSVTable?, _ summary: CSVTable.Row) -> Double? {
        guard let series, let offered = summary.number("offered_rate_records_per_s") else {
            return nil
        }
        var samples: [String: [(seconds: Double, lag: Double)]] = [:]
        for row in series.rows where row["phase"] == "run" && row["role"] == "consumer" {
            guard let seconds = row.number("elapsed_s"), let lag = row.number("lag_records")
            else { continue }
            samples[row["group"] ?? "", default: []].append((seconds, lag))
        }
        let growth = samples.values.compactMap(slope).max()
        guard let growth, growth > offered * mostLagGrowth else { return nil }
        return growth
    }

    private static func slope(_ samples: [(seconds: Double, lag: Double)]) -> Double? {
        let third = samples.count / 3
        guard third >= 1 else { return nil }
        func middle(_ part: ArraySlice<(seconds: Double, lag: Double)>) -> (Double, Double) {
            (
                Statistics.median(part.map(\.seconds)) ?? 0,
                Statistics.median(part.map(\.lag)) ?? 0
            )
        }
        let (start, before) = middle(samples.prefix(third))
        let (end, after) = middle(samples.suffix(third))
        return end > start ? (after - before) / (end - start) : nil
    }

    private static func figure(_ text: String, unit: String) -> String {
        guard let number = Double(text) else { return text }
        switch unit {
        case "us": return Figure.duration(nanos: number * 1e3)
        case "ms": return Figure.duration(nanos: number * 1e6)
        case "s": return Figure.duration(seconds: number)
        default: return Figure.significant(number) + (unit.isEmpty ? "" : " " + unit)
        }
    }
}

extension ProbeOutcome.Limit: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalid(let reason): "the run is not valid: \(reason)"
        case .generator: "the generator, not the target, was the limit"
        case .bound(let bound, let measured): "\(bound) does not hold: \(measured)"
        case .acknowledged(let share):
            "only \(Figure.percent(ofShare: share)) of the offered rate was acknowledged"
        case .growingLag(let rate): "a consumer group falls behind by \(Figure.rate(rate))"
        }
    }
}
