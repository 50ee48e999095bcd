/// The run that a row belongs to: the first columns, the same in each file of a run.
public struct RunName: Sendable, Equatable {
    /// The first column of every file.
    static let column = "run_id"

    /// As in `summary.csv`, so that the rows of several runs and folders can be joined by it.
    public var runID: String
    /// The name of the variant in a sweep; `default` without one.
    public var variant: String
    /// Counts from 1.
    public var repetition: Int

    public init(runID: String, variant: String = "default", repetition: Int = 1) {
        self.runID = runID
        self.variant = variant
        self.repetition = repetition
    }
}

extension RunIdentity {
    public var name: RunName { RunName(runID: runID, variant: variant, repetition: repetition) }
}

extension Column {
    /// The first columns of a file of a run.
    static func naming(_ run: @escaping @Sendable (Row) -> RunName) -> [Column] {
        [
            .text(RunName.column, "As in summary.csv.") { run($0).runID },
            .text("variant", "As in summary.csv.") { run($0).variant },
            .integer("repetition", "As in summary.csv.") { run($0).repetition },
        ]
    }
}

extension RunName {
    /// Of a row that was read back.
    public init(_ row: CSVTable.Row) {
        self.init(
            runID: row["run_id"] ?? "", variant: row["variant"] ?? "default",
            repetition: row.number("repetition").flatMap { Int(exactly: $0) } ?? 1)
    }
}
