import Measurement

extension ComparisonReport {
    /// The judgement of each limit on a difference; no lines without limits.
    static func differences(_ comparison: Comparison) -> [String] {
        let judged = comparison.judgements
        guard !judged.isEmpty else { return [] }
        let failed = judged.count { !$0.judgement.isAcceptable }
        let open = judged.count { $0.judgement.isOpen }
        var parts = [failed > 0 ? "\(failed) of \(judged.count) failed" : "none failed"]
        if open > 0 { parts.append("\(open) undecided") }
        let isOneVariant = Set(judged.map(\.row.variant)).count == 1
        var table = TextTable()
        for (row, judgement) in judged {
            let what = "\(row.metric.figure.name) \(judgement.limit.words)"
            table.add([isOneVariant ? what : "\(row.variant): \(what)", change(row)])
        }
        return ["", "--fail-if: " + parts.joined(separator: ", ")]
            + zip(table.lines(), judged).map { "\($0)   \($1.judgement.text)" }
            + SummaryReport.wrapped(
                "A limit fails if the whole 95 % interval of the ratio is beyond it and a Mann–Whitney "
                    + "test holds at p < 0.05.", indent: 2)
    }

    /// `+12.1 % (+8.02 to +15.9 %)`, from the baseline's median.
    private static func change(_ row: ComparisonRow) -> String {
        guard let ratio = row.ratio else {
            return row.median.map { row.metric.text($0) } ?? "not measured"
        }
        let interval = row.ratioInterval.map {
            " (\(signed($0.lowerBound)) to \(signed($0.upperBound)) %)"
        }
        return "\(signed(ratio)) %" + (interval ?? "")
    }

    private static func signed(_ ratio: Double) -> String {
        let percent = (ratio - 1) * 100
        return (percent < 0 ? "−" : "+") + Figure.significant(abs(percent))
    }
}

extension DifferenceJudgement {
    var isOpen: Bool {
        switch outcome {
        case .cannotTell, .disturbed: true
        case .holds, .failed, .tooFewRepetitions, .notMeasured: false
        }
    }

    /// In words, for people.
    var text: String {
        switch outcome {
        case .holds: "holds"
        case .failed: "FAILED"
        case .cannotTell(let repetitions?):
            "undecided; about \(repetitions) repetitions may decide"
        case .cannotTell(nil): "undecided; the difference is too close to the limit"
        case .disturbed: "undecided; the machine disturbed too many runs"
        case .tooFewRepetitions:
            "FAILED: too few to judge; that takes \(Self.leastRepetitions) repetitions of each"
        case .notMeasured: "FAILED: not measured in both"
        }
    }
}
