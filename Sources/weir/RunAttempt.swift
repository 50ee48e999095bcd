import LoadGenerator
import Reporting

/// One attempt at a run of `weir run --retries N`: a run that the machine disturbed is made again,
/// in a folder of its own, at most N times. What a target did by itself is not made again, as in a
/// comparison.
struct RunAttempt {
    /// From 1.
    var number = 1
    /// Nil without the option.
    let retries: Int?

    /// Whether the finished run in a folder is to be made again; tells so.
    func isMadeAgain(_ path: String) throws(ReportingError) -> Bool {
        guard let retries, number <= retries, !Interrupts.wasInterrupted else { return false }
        let row = try CSVTable(path: path + "/" + SummaryRow.fileName).rows.first
        guard let row, CountedRuns.isDisturbed(row) else { return false }
        printError(
            "the machine disturbed attempt \(number) of at most \(retries + 1), which is kept in "
                + "\(path): \(row["verdict_reasons"] ?? "SUSPECT"); made again")
        return true
    }

    /// Adds to the run's row of `summary.csv` how often it was made.
    func note(in path: String) throws(ReportingError) {
        guard retries != nil else { return }
        let file = path + "/" + SummaryRow.fileName
        let table = try CSVTable(path: file)
        let noted = CSVTable(
            columns: table.columns + [CountedRuns.attemptsColumn],
            rows: table.rows.map { $0.fields + ["\(number)"] })
        try AtomicFile.replace(file, with: noted.text)
        if let runID = table.rows.first?["run_id"] {
            try DataPackage.write(in: path, name: runID)
        }
    }
}
