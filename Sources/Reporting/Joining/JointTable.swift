/// A file of several generators with a row for each broker, or for each group of producers: the rows of
/// one broker or group become one.
struct JointTable<Row: TableRow> {
    /// The column that says what a row is of.
    let key: String
    let name: RunName

    /// Nil if no generator has the file.
    func table(_ tables: [CSVTable]) -> CSVTable? {
        guard !tables.isEmpty else { return nil }
        let rows = tables.flatMap(\.rows)
        let parts = rows.map { $0[key] ?? "" }.uniqued().map { part in
            rows.filter { ($0[key] ?? "") == part }
        }
        return CSVTable(
            columns: Row.columns.map(\.name),
            rows: parts.map { part in Row.columns.map { value(of: $0, in: part) ?? "" } })
    }

    private func value(of column: Column<Row>, in rows: [CSVTable.Row]) -> String? {
        let values = rows.compactMap { $0[column.name] }
        switch column.name {
        case RunName.column: return name.runID
        case "variant": return name.variant
        case "repetition": return String(name.repetition)
        case key: return values.first
        case "address", "topics":
            return values.flatMap { $0.components(separatedBy: "; ") }.uniqued()
                .joined(separator: "; ")
        case "broker_errors_by_code": return Self.countsByName(values)
        case "duration_s", "socket_full_percent": return Self.largest(values)
        case let other where other.hasSuffix("_max_us"): return Self.largest(values)
        // Percentiles cannot be added, and there are no histograms of single brokers and groups.
        case let other where other.hasSuffix("_us"): return rows.count == 1 ? values.first : nil
        case let other where other.contains("_rate_"): return rate(other, rows)
        default:
            return values.count == rows.count && column.kind == .integer
                ? JointSummary.sum(values) : nil
        }
    }

    /// Of the sums, over the longest time, as in the joint summary.
    private func rate(_ column: String, _ rows: [CSVTable.Row]) -> String? {
        let isOfBytes = column.hasSuffix("_mb_per_s")
        let stem = column.components(separatedBy: "_rate_")[0]
        let counts = rows.compactMap { $0.number(stem + (isOfBytes ? "_bytes" : "_records")) }
        guard counts.count == rows.count,
            let seconds = rows.compactMap({ $0.number("duration_s") }).max(), seconds > 0
        else { return nil }
        return CSV.decimal(counts.reduce(0, +) / seconds / (isOfBytes ? 1e6 : 1), digits: 3)
    }

    private static func largest(_ values: [String]) -> String? {
        values.max { (Double($0) ?? -.infinity) < (Double($1) ?? -.infinity) }
    }

    /// Sums of `NOT_LEADER_OR_FOLLOWER 3; REQUEST_TIMED_OUT 1`, by name; nil without any.
    private static func countsByName(_ values: [String]) -> String? {
        var counts: [String: UInt64] = [:]
        for part in values.flatMap({ $0.components(separatedBy: "; ") }) {
            let words = part.split(separator: " ")
            guard words.count == 2, let count = UInt64(words[1]) else { continue }
            counts[String(words[0]), default: 0] &+= count
        }
        guard !counts.isEmpty else { return nil }
        return counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            .joined(separator: "; ")
    }
}
