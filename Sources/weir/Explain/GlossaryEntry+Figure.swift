import Measurement
import Reporting

extension GlossaryEntry {
    /// - Parameter figure: of a column of `summary.csv`.
    init(_ column: ColumnDescription, _ figure: RunFigure?) {
        self.init(names: [column.name], kind: "column", meaning: [column.meaning])
        let unit = RunFigure.Unit.allCases.first { $0.symbol == column.unit && !$0.words.isEmpty }
        if !column.unit.isEmpty { facts.append(.init("unit", unit?.words ?? column.unit)) }
        guard let figure else { return }
        if figure.name != figure.column { names.append(figure.name) }
        if facts.isEmpty, !figure.unit.words.isEmpty {
            facts.append(.init("unit", figure.unit.words))
        }
        facts += [
            .init("better", figure.better?.rawValue ?? "neither higher nor lower"),
            .init("merged", figure.joining.words),
            .init("threshold", figure.thresholdWords),
            .init("compared", figure.compared == nil ? "no" : "yes, by weir compare"),
        ]
        if let gauge = figure.gauge { facts.append(.init("OpenMetrics", "weir_" + gauge)) }
    }
}

extension RunFigure.Joining {
    /// How `weir merge` joins it.
    fileprivate var words: String {
        switch self {
        case .equal: "the generators' common value; empty if they differ"
        case .sum: "the sum over the generators"
        case .sumOfAll: "the sum over the generators; empty if one has none"
        case .largest: "the largest of the generators'"
        case .mean(let weight): "the mean over the generators, weighted by \(weight)"
        case .formula: "computed from the merged figures"
        case .distribution: "from the sum of the generators' histograms"
        case .word(let word): "\(word) if one generator has it"
        case .ofOneRun: "empty: it belongs to one run"
        case .ofTheWhole: "judged anew for the whole"
        }
    }
}

extension RunFigure {
    private static let judged = all.filter { $0.threshold != nil }

    fileprivate var thresholdWords: String {
        guard let threshold else { return "no" }
        // Two columns may have one name without their units; it means the first.
        let isFirst = Self.judged.first { $0.name == name }?.column == column
        let words = ["yes, as \(isFirst ? name : column)", threshold.evidence.words]
        return (words + [threshold.need?.words].compactMap(\.self)).joined(separator: "; ")
    }
}

extension RunFigure.ThresholdRule.Evidence {
    fileprivate var words: String {
        switch self {
        case .soFar: "may end a run early, by its value so far"
        case .growing: "an upper limit may end a run early, since the value only grows"
        case .atEnd: "judged when the run has ended"
        }
    }
}

extension RunFigure.ThresholdRule.Need {
    fileprivate var words: String {
        switch self {
        case .consumers: "the profile needs consumers"
        case .offeredRate: "the profile needs a rate, not max"
        case .roofline: "the profile needs roofline: true"
        }
    }
}
