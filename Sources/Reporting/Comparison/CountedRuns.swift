import Measurement

/// Decides which of a variant's runs count in its medians.
///
/// An `INVALID` run never counts. A run that the machine disturbed counts only if the variant has
/// no undisturbed one. A run that is `SUSPECT` for another reason, such as a rate that was not
/// sustained, counts: without it the target would look better than it is.
public enum CountedRuns {
    /// - Parameter rows: the runs of one variant, rows of `summary.csv`; nil for one without a row.
    static func areCounted(_ rows: [CSVTable.Row?]) -> [Bool] {
        let valid = rows.map { $0?["verdict"] != Verdict.invalid.rawValue }
        let undisturbed = zip(rows, valid).map { row, isValid in
            isValid && !(row.map(isDisturbed) ?? false)
        }
        return undisturbed.contains(true) ? undisturbed : valid
    }

    /// Whether the machine disturbed a run. It may be `GENERATOR_BOUND` then, which a busy machine makes of
    /// it. `SUSPECT` rows of older versions do not give the reason, and count as such.
    public static func isDisturbed(_ row: CSVTable.Row) -> Bool {
        switch row["verdict"] {
        case Verdict.suspect.rawValue: row["machine_disturbed"] != "false"
        case Verdict.generatorBound.rawValue: row["machine_disturbed"] == "true"
        default: false
        }
    }

    /// The column of a comparison's `summary.csv` with the number of attempts at a run.
    public static let attemptsColumn = "attempts"
    /// A larger value is not a count that Weir has written.
    private static let mostAttempts = 10_000.0

    /// How often a run was made; 1 where its row does not say.
    static func attempts(_ row: CSVTable.Row) -> Int {
        Int(min(max(row.number(attemptsColumn) ?? 1, 1), mostAttempts))
    }
}
