/// The output of `weir advise`: the conclusion first, then the front with its reasons, then the
/// excluded settings and why.
public enum AdviceReport {
    /// - Parameter resultsPath: the folder, for the last line; nil to leave it out.
    public static func text(_ advice: Advice, resultsPath: String? = nil) -> String {
        let sentences = conclusion(advice)
        var lines = sentences.enumerated().flatMap { index, sentence in
            index == 0 ? wrapped(sentence) : wrapped("- " + sentence, indent: 2)
        }
        if !advice.front.isEmpty { lines += [""] + front(advice.front) }
        if !advice.dominated.isEmpty {
            let names = advice.dominated.map(\.name).joined(separator: "; ")
            lines +=
                [""]
                + wrapped("Shown to be worse in both, or worse in one and equal: \(names)")
        }
        if !advice.excluded.isEmpty {
            lines += ["", "Not shown to be within the budget"]
            for variant in advice.excluded {
                lines += wrapped("- \(variant.name): \(variant.reason)", indent: 2)
            }
        }
        lines += [""] + wrapped(legend)
        if let resultsPath { lines += ["", "Results in \(resultsPath)"] }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let legend =
        "Medians; ± reaches the farther end of the 95 % interval. CPU is that of generator and log "
        + "together, per logical GB at the offered rate: an upper bound of the codec's cost. "
        + "Differences are the codec's."

    /// The first sentence says it; further ones are its parts.
    static func conclusion(_ advice: Advice) -> [String] {
        switch advice.conclusion {
        case .winner(let name, let reason): return ["\(name): \(reason)."]
        case .noClearWinner(let names):
            return [
                "No clear winner: the intervals of \(list(names)) overlap. Any of them will do; "
                    + "more --repetitions or a longer --duration may tell them apart."
            ]
        case .tradeOff(let leastCPU, let mostCompression):
            return [
                "No clear winner: it depends on whether CPU or disk is scarce.",
                side("CPU", leastCPU, "costs least"),
                side("Bytes", mostCompression, "stores least"),
            ]
        case .nothingFits:
            return [
                "Nothing is shown to fit the budget; relax it, lower --rate, or run more "
                    + "--repetitions if only the intervals extend beyond it."
            ]
        }
    }

    private static func side(_ what: String, _ names: [String], _ why: String) -> String {
        let tie =
            names.count > 1
            ? " (no clear winner: \(list(Array(names.dropFirst()))) may do as well)" : ""
        return "\(what): \(names[0]) \(why)\(tie)."
    }

    /// Each with its differences to the one before it.
    private static func front(_ candidates: [Advice.Candidate]) -> [String] {
        var table = TextTable()
        table.add(["", "ratio", "CPU", "× CPU", "× ratio"])
        for (index, candidate) in candidates.enumerated() {
            var cells = [
                candidate.name, figure(candidate.ratio, candidate.ratioInterval),
                figure(candidate.cost, candidate.costInterval, unit: " s/GB"),
            ]
            if index > 0 {
                let before = candidates[index - 1]
                cells += [
                    times(candidate.cost, before.cost), times(candidate.ratio, before.ratio),
                ]
            }
            table.add(cells)
        }
        return wrapped(
            "The Pareto front: no other is shown to beat any of these in ratio and CPU; × is relative "
                + "to the line above.") + table.lines()
    }

    private static func times(_ value: Double, _ base: Double) -> String {
        base > 0 ? Figure.significant(value / base) : "-"
    }

    private static func figure(
        _ median: Double, _ interval: ClosedRange<Double>, unit: String = ""
    ) -> String {
        let reach = max(median - interval.lowerBound, interval.upperBound - median)
        let share = median > 0 ? " ±\(Figure.percent(ofShare: reach / median))" : ""
        return Figure.significant(median) + unit + share
    }

    private static func list(_ names: [String]) -> String {
        names.count < 3
            ? names.joined(separator: " and ")
            : names.dropLast().joined(separator: "; ") + "; and " + names[names.count - 1]
    }

    private static func wrapped(_ text: String, indent: Int = 0) -> [String] {
        SummaryReport.wrapped(text, indent: indent)
    }
}
