/// Identifies the run of a row of `summary.csv`, wherever a copy of it lies: its run id and its
/// start.
struct RunKey: Hashable, Sendable {
    let runID: String
    private let startedAt: String
    /// Generators on several machines that began in the same millisecond share both; their counts
    /// and figures differ.
    private let figures: [String?]

    private static let telling = [
        "duration_s", "acked_records", "acked_rate_records_per_s", "consumed_records",
        "stored_bytes", "send_delay_max_us", "response_latency_max_us", "e2e_latency_max_us",
        "hiccup_max_ms", "cpu_user_s",
    ]

    /// Nil if the row does not identify its run.
    init?(_ row: CSVTable.Row) {
        guard let runID = row["run_id"], let startedAt = row["started_at"] else { return nil }
        self.runID = runID
        self.startedAt = startedAt
        figures = Self.telling.map { row[$0] }
    }
}

extension CSVTable {
    /// The rows of a `summary.csv` without repeated runs, and the ids of those.
    /// - Parameter known: runs that have a row elsewhere; those of the table are added.
    func withEachRunOnce(
        _ known: inout Set<RunKey>
    ) -> (table: CSVTable, repeated: [String]) {
        var repeated: [String] = []
        let kept = rows.filter { row in
            guard let key = RunKey(row), !known.insert(key).inserted else { return true }
            repeated.append(key.runID)
            return false
        }
        guard !repeated.isEmpty else { return (self, []) }
        return (
            CSVTable(columns: columns, rows: kept.map(\.fields), isCutOff: isCutOff), repeated
        )
    }
}

extension SavedResults {
    /// The results with each run once, even if several folders hold it, such as a folder and its
    /// copy. A folder with only runs of earlier folders is left out.
    /// - Returns: with it, sentences that say what is left out.
    public static func withEachRunOnce(
        _ results: [SavedResults]
    ) -> (results: [SavedResults], notes: [String]) {
        var known: Set<RunKey> = []
        var kept: [SavedResults] = []
        var notes: [String] = []
        for one in results {
            guard let summary = one.summary else {
                kept.append(one)
                continue
            }
            let (table, repeated) = summary.withEachRunOnce(&known)
            for runID in repeated {
                notes.append(
                    "\(one.path) repeats the run \(runID), which counts once")
            }
            if repeated.isEmpty {
                kept.append(one)
            } else if !table.rows.isEmpty {
                var rest = one
                rest.tables[.summary] = table
                kept.append(rest)
            }
        }
        return (kept, notes)
    }
}
