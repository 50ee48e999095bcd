import Measurement

extension MaxRateRow {
    /// The report at the end of a search.
    /// - Parameter resultsPath: the folder, for the last line.
    public func text(resultsPath: String) -> String {
        var lines = [headline]
        func add(_ line: String) { lines += SummaryReport.wrapped("- " + line, indent: 2) }
        if let safe = answer.safe, let bestCase = answer.bestCase {
            add("safe, where 9 in 10 runs hold: \(Self.told(safe))")
            add("best case, where half of them do: \(Self.told(bestCase))")
        }
        if let tried = answer.notSustained {
            let why = limit.map { ": \($0)" } ?? ""
            add("\(Figure.rate(tried.rate)) held in \(Self.told(tried.tally))\(why)")
        } else {
            add("no higher rate was shown to fail")
        }
        if answer.machineShare >= Self.tellingShare, tally.runs >= Self.tellingRuns {
            add(
                "\(Figure.percent(ofShare: answer.machineShare)) of the runs fail at any rate, "
                    + "however low, because of the machine")
        }
        if answer.isLimitedByGenerator {
            add("the generator was the limit, so the target may sustain more")
        }
        if let doubt {
            add("not confirmed: \(doubt)")
        }
        lines += SummaryReport.wrapped("Bounds: \(bounds.joined(separator: "; "))", indent: 0)
        let closed = closedLoopRate.map { "; \(Figure.rate($0)) in a closed loop" } ?? ""
        lines += SummaryReport.wrapped(
            "\(tally.runs) runs at offered rates: \(tally.held) held, \(tally.failed) failed, "
                + "\(tally.failedByMachine) failed during a disturbance of the machine\(closed)",
            indent: 0)
        return (lines + ["", "Results in \(resultsPath)"]).joined(separator: "\n") + "\n"
    }

    /// The answer so far: `safe 65.2 k/s – 71.0 k/s, about 9 more runs`.
    public var progress: String {
        let left = probesLeft.map { ", about \($0) more run\($0 == 1 ? "" : "s")" } ?? ""
        guard let safe = answer.safe else { return "no rate has held yet\(left)" }
        return "safe rate \(Self.told(safe.interval)) so far\(left)"
    }

    /// The share of failures from which on it is reported, and the number of runs before which it
    /// would be a guess.
    private static let tellingShare = 0.1
    private static let tellingRuns = 15

    private var headline: String {
        Self.sentence(
            profile: profile, safe: answer.safe?.rate, bestCase: answer.bestCase?.rate,
            isAtLeast: answer.isLimitedByGenerator, wasTried: tally.runs > 0)
    }

    /// The answer in one sentence, without its full stop.
    /// - Parameters:
    ///   - safe: nil where no rate was sustained.
    ///   - bestCase: nil where an old version did not say it.
    static func sentence(
        profile: String, safe: Double?, bestCase: Double?, isAtLeast: Bool, wasTried: Bool
    ) -> String {
        guard wasTried else { return "\(profile): no rate was tried" }
        guard let safe else { return "\(profile) sustains no rate that was tried" }
        let best = bestCase.map { ", in the best case \(Figure.rate($0))" } ?? ""
        return "\(profile) sustains \(isAtLeast ? "at least " : "")\(Figure.rate(safe))\(best)"
    }

    /// Why the answer is not confirmed; nil if it is.
    var doubt: String? {
        if answer.isConfirmed { return nil }
        let ended: String? =
            switch state {
            case .running: "the search is not finished"
            case .interrupted: "the search was interrupted"
            case .outOfTime: "--max-time is over"
            case .outOfProbes:
                "\(tally.runs) runs were not enough; quieten the machine, or "
                    + "lengthen the runs with --duration"
            case .done: nil
            }
        guard let safe = answer.safe else { return ended ?? "no rate held" }
        var reasons = [ended].compactMap(\.self)
        if safe.width > tolerance {
            reasons.append(
                "the interval of the safe rate is \(Figure.percent(ofShare: safe.width)) wide, "
                    + "more than \(Figure.percent(ofShare: tolerance))")
        }
        if !safe.tally.mostHold, safe.tally.runs > 0 {
            reasons.append("just below the safe rate no more than half of the runs held")
        }
        if reasons.isEmpty, !answer.isLimitedByGenerator {
            reasons.append("too few runs were made just below the safe rate")
        }
        return reasons.isEmpty ? nil : reasons.joined(separator: "; ")
    }

    private static func told(_ estimate: RateSearch.Estimate) -> String {
        let tally = estimate.tally
        return "\(Figure.rate(estimate.rate)), with 95 % probability \(told(estimate.interval)); "
            + (tally.runs > 0 ? "held just below it: \(told(tally))" : "no run just below it")
    }

    private static func told(_ interval: ClosedRange<Double>) -> String {
        "\(Figure.rate(interval.lowerBound)) – \(Figure.rate(interval.upperBound))"
    }

    /// `8 of 10 runs, 1 failed during a disturbance`.
    private static func told(_ tally: RateSearch.Tally) -> String {
        let disturbed =
            tally.failedByMachine > 0
            ? " (\(tally.failedByMachine) failed during a disturbance)" : ""
        return "\(tally.held) of \(tally.runs) run\(tally.runs == 1 ? "" : "s")\(disturbed)"
    }
}
