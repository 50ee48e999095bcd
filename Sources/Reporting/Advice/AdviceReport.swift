/// The output of `weir advise`: the conclusion and what is shown of it in sentences, then all settings
/// in a table, then the excluded ones and why.
public struct AdviceReport {
    let advice: Advice
    let comparison: Comparison?
    let width: Int

    /// - Parameters:
    ///   - comparison: what the advice is on, for the sentence on what it names.
    ///   - resultsPath: the folder, for the last line; nil to leave it out.
    public static func text(
        _ advice: Advice, on comparison: Comparison? = nil, resultsPath: String? = nil,
        width: Int = TerminalWidth.usual
    ) -> String {
        AdviceReport(advice: advice, comparison: comparison, width: width)
            .text(resultsPath: resultsPath)
    }

    private func text(resultsPath: String?) -> String {
        var lines = Self.conclusion(advice).enumerated().flatMap { index, sentence in
            index == 0 ? wrapped(sentence) : wrapped("- " + sentence, indent: 2)
        }
        lines += evidence.flatMap { wrapped($0) }
        for unmet in advice.unmet { lines += wrapped(Self.sentence(unmet)) }
        if !advice.measured.isEmpty { lines += [""] + table }
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

    // MARK: Sentences

    /// What is shown of the variants that the conclusion names, where anything is.
    private var evidence: [String] {
        guard let comparison else { return [] }
        let named = advice.conclusion.leaders
        return comparison.findings.filter { named.contains($0.variant) && $0.showsAnything }.map(
            \.sentence) + [comparison.disturbed].compactMap(\.self)
    }

    static func sentence(_ unmet: Advice.Unmet) -> String {
        "\(unmet.budget.text) does not hold without compression either (\(unmet.reached)), nor with any "
            + "setting: it is a limit of the machine or of the rate, not of a codec, and excludes nothing "
            + "here."
    }

    private var legend: String {
        "Medians with their 95 % intervals. CPU is "
            + (advice.isCodecCost
                ? "the codec's, compression and decompression by the clock of their threads, per "
                    + "logical GB."
                : "that of generator and log together, per logical GB at the offered rate: an upper "
                    + "bound of the codec's cost. Differences are the codec's.")
            + " Front: no other is shown to beat it in ratio and CPU; × is relative to the front's "
            + "line above. Beaten: shown to be worse in both, or worse in one and equal."
            + (comparison?.tooFewRepetitions.map { " " + $0 } ?? "")
    }

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

    private static func list(_ names: [String]) -> String {
        names.count < 3
            ? names.joined(separator: " and ")
            : names.dropLast().joined(separator: "; ") + "; and " + names[names.count - 1]
    }

    // MARK: The table

    /// All that was measured; those on the front with their differences to the one before, where the line
    /// has room.
    private var table: [String] {
        let full = rows(withTimes: true)
        let lines = full.contains { $0.count > width } ? rows(withTimes: false) : full
        return wrapped("All settings, from the least CPU to the most") + lines
    }

    private func rows(withTimes: Bool) -> [String] {
        let front = Set(advice.front.map(\.name))
        let excluded = Set(advice.excluded.map(\.name))
        var table = TextTable()
        table.add(["", "", "ratio", "CPU"] + (withTimes ? ["× CPU", "× ratio"] : []))
        var before: Advice.Candidate?
        for candidate in advice.measured {
            let isOnFront = front.contains(candidate.name)
            var cells = [
                candidate.name,
                isOnFront ? "front" : excluded.contains(candidate.name) ? "excluded" : "beaten",
                FigureInterval.text(
                    candidate.ratio, candidate.ratioInterval, Figure.significant),
                FigureInterval.text(candidate.cost, candidate.costInterval) {
                    Figure.significant($0) + " s/GB"
                },
            ]
            if isOnFront {
                if let before, withTimes {
                    cells += [
                        times(candidate.cost, before.cost), times(candidate.ratio, before.ratio),
                    ]
                }
                before = candidate
            }
            table.add(cells)
        }
        return table.lines(gap: withTimes ? 3 : 2)
    }

    private func times(_ value: Double, _ base: Double) -> String {
        base > 0 ? Figure.significant(value / base) : "-"
    }

    private func wrapped(_ text: String, indent: Int = 0) -> [String] {
        SummaryReport.wrapped(text, indent: indent, width: width)
    }
}

extension Advice.Conclusion {
    /// The variants that it names first.
    var leaders: Set<String> {
        switch self {
        case .winner(let name, _): [name]
        case .noClearWinner(let names): Set(names.prefix(2))
        case .tradeOff(let leastCPU, let mostCompression):
            Set(leastCPU.prefix(1) + mostCompression.prefix(1))
        case .nothingFits: []
        }
    }
}
