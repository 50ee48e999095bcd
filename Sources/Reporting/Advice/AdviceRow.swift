import Glibc

/// One row of `advice.csv`: whether a variant is advised, and why or why not.
public struct AdviceRow: TableRow, Equatable {
    public static let fileName = "advice.csv"
    public static let holds = "of `weir advise`: one row for each variant, with the conclusion"

    /// How a variant came out.
    public enum Place: String, Sendable {
        case advised
        /// None is shown to beat it in both ratio and CPU.
        case front
        /// Shown to be worse than one on the front.
        case beaten
        /// Not shown to keep the budget.
        case excluded
    }

    /// Of the comparison that the advice is on.
    public var runID: String
    public var variant: String
    public var place: Place
    public var reason: String?
    /// As written.
    public var budget: [String]
    /// The whole of it, the same in each row.
    public var conclusion: String

    /// A row for each variant, the advised ones first.
    public static func rows(
        of advice: Advice, budgets: [Advice.Budget], runID: String
    ) -> [AdviceRow] {
        let sentences = AdviceReport.conclusion(advice) + advice.unmet.map(AdviceReport.sentence)
        let conclusion = sentences.joined(separator: " ")
        func row(_ variant: String, _ place: Place, _ reason: String? = nil) -> AdviceRow {
            AdviceRow(
                runID: runID, variant: variant, place: place, reason: reason,
                budget: budgets.map(\.text), conclusion: conclusion)
        }
        let advised = advice.conclusion.advised
        let isAdvised = Set(advised.map(\.variant))
        return advised.map { row($0.variant, .advised, $0.reason) }
            + advice.front.filter { !isAdvised.contains($0.name) }.map { row($0.name, .front) }
            + advice.dominated.map { row($0.name, .beaten) }
            + advice.excluded.map { row($0.name, .excluded, $0.reason) }
    }

    /// Writes the file into the folder of the comparison, in place of an earlier advice on it.
    public static func write(_ rows: [AdviceRow], in folder: String) throws(ReportingError) {
        try AtomicFile.replace(folder + "/" + fileName, with: CSVTable.text(of: rows))
    }

    /// Of a comparison that has gone on: an advice on fewer runs may not hold.
    static func remove(from folder: String) { _ = unsafe unlink(folder + "/" + fileName) }

    public static let columns: [Column<AdviceRow>] = [
        .text("run_id", "Name of the comparison that the advice is on, as in comparison.csv.") {
            $0.runID
        },
        .text("variant", "Name of the variant.") { $0.variant },
        .text(
            "place",
            "`advised`; `front`: none is shown to beat it in both ratio and CPU; `beaten`: shown to be "
                + "worse than one on the front; `excluded`: not shown to keep the budget."
        ) { $0.place.rawValue },
        .text("reason", "Why it is advised or excluded; empty for the others.") { $0.reason },
        .list("budget", "What had to hold, joined by `; `; empty without any.") { $0.budget },
        .text("conclusion", "The advice in whole, the same in each row.") { $0.conclusion },
    ]
}

extension Advice.Conclusion {
    /// The variants that it names, each with why.
    fileprivate var advised: [(variant: String, reason: String)] {
        switch self {
        case .winner(let name, let reason): [(name, reason)]
        case .noClearWinner(let names):
            names.map { ($0, "no clear winner: intervals overlap") }
        case .tradeOff(let leastCPU, let mostCompression):
            // One variant cannot lead in both, or it would be the winner.
            leastCPU.prefix(1).map { ($0, "costs the least CPU") }
                + mostCompression.prefix(1).map { ($0, "stores the fewest bytes") }
        case .nothingFits: []
        }
    }
}
