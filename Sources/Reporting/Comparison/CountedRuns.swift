import Measurement

/// Which of a variant's runs its medians are over.
///
/// The figures of an `INVALID` run mean nothing: it never counts. A run that the machine disturbed
/// counts only if the variant has no undisturbed one, since its figures are the machine's as much as the
/// target's. A run that is `SUSPECT` for anything else, such as a rate that was not sustained, counts
/// like any other: that is what the target did, and without it the target would look better than it is.
public enum CountedRuns {
    /// - Parameter rows: the runs of one variant, rows of `summary.csv`; nil for one without a row.
    static func areCounted(_ rows: [CSVTable.Row?]) -> [Bool] {
        let valid = rows.map { $0?["verdict"] != Verdict.invalid.rawValue }
        let undisturbed = zip(rows, valid).map { row, isValid in
            isValid && !(row.map(isDisturbed) ?? false)
        }
        return undisturbed.contains(true) ? undisturbed : valid
    }

    /// Whether a run is `SUSPECT` by the machine. Rows of older versions do not say by what.
    public static func isDisturbed(_ row: CSVTable.Row) -> Bool {
        row["verdict"] == Verdict.suspect.rawValue && row["machine_disturbed"] != "false"
    }

    /// The column of a comparison's `summary.csv` that says how often a run was made, since the machine
    /// disturbed earlier attempts.
    public static let attemptsColumn = "attempts"
    /// More are no count that anybody has written.
    private static let mostAttempts = 10_000.0

    /// How often a run was made; 1 where its row does not say.
    static func attempts(_ row: CSVTable.Row) -> Int {
        Int(min(max(row.number(attemptsColumn) ?? 1, 1), mostAttempts))
    }
}
