/// `weir ls`: the results below some directories, one line each, the newest of a profile last.
public enum ResultsListing {
    private static let none = "–"

    /// - Returns: the lines, with a header; none if there are no results.
    public static func lines(of roots: [String]) -> [String] {
        let results = roots.flatMap(ResultsTree.resultsFolders)
        guard !results.isEmpty else { return [] }
        let lines = results.map(cells)
        let hasLabels = lines.contains { $0.label != nil }
        var table = TextTable(indent: 0)
        func add(_ path: String, label: String, _ figures: [String]) {
            table.add([path] + (hasLabels ? [label] : []) + figures)
        }
        add("result", label: "label", ["verdict", "rate", "p99", "ratio", "size"])
        for (path, line) in zip(results, lines) {
            add(path, label: line.label ?? none, line.figures)
        }
        return table.lines()
    }

    /// The label of the results, if all their runs have the same, and the cells after it.
    private static func cells(of path: String) -> (label: String?, figures: [String]) {
        let size = Figure.bytes(Double(ResultsTree.byteCount(of: path)))
        let rows: [CSVTable.Row]
        do throws(ReportingError) {
            rows = try SavedResults(path: path, tables: [.summary]).summary?.rows ?? []
        } catch {
            return (nil, ["UNREADABLE", none, none, none, size])
        }
        let labels = rows.map { $0["label"] }.uniqued()
        let figures = [
            verdict(of: path, rows),
            range(rows.compactMap { $0.number("acked_rate_records_per_s") }, Figure.rate),
            range(rows.compactMap(p99Nanos)) { Figure.duration(nanos: $0) },
            range(rows.compactMap { $0.number("compression_ratio") }, Figure.significant), size,
        ]
        return (labels.count == 1 ? labels[0] : nil, figures)
    }

    /// `VALID`; of several runs `4 VALID, 1 SUSPECT`.
    private static func verdict(of path: String, _ rows: [CSVTable.Row]) -> String {
        let words = rows.map { row in
            (row["verdict"] ?? "NO VERDICT")
                + (row["interrupted"] == "true" ? " (interrupted)" : "")
        }
        let counted =
            words.count == 1
            ? words
            : words.uniqued().map { word in "\(words.count { $0 == word }) \(word)" }
        let place: [String] =
            switch FolderState(of: path) {
            case _ where !FolderLock.isFree(path): ["RUNNING"]
            case .finished where rows.isEmpty: ["ROOFLINE"]
            case .finished: []
            case .running, .killed: ["UNFINISHED"]
            }
        return (place + counted).joined(separator: ", ")
    }

    /// The end-to-end latency; without consumers, the response latency.
    private static func p99Nanos(_ row: CSVTable.Row) -> Double? {
        (row.number("e2e_latency_p99_us") ?? row.number("response_latency_p99_us")).map { $0 * 1e3 }
    }

    /// `30.0 k/s`; of several runs `28.1 k/s…30.0 k/s`.
    private static func range(_ numbers: [Double], _ text: (Double) -> String) -> String {
        guard let least = numbers.min(), let most = numbers.max() else { return none }
        let (low, high) = (text(least), text(most))
        return low == high ? low : "\(low)…\(high)"
    }
}
