import Measurement

/// The row of `summary.csv` of several generators that ran at the same time.
///
/// Columns of other versions are kept if all generators have the same value.
struct JointSummary {
    let runs: [GeneratorRun]
    let latencies: JointLatencies
    /// The fields of the merged run itself: its name, times and verdict.
    let known: [String: String]

    var columns: [String] {
        let ours = SummaryRow.columns.map(\.name)
        var others: [String] = []
        for run in runs {
            others += run.columns.filter { !ours.contains($0) && !others.contains($0) }
        }
        return ours + others
    }

    var fields: [String] { columns.map { value(of: $0) ?? "" } }

    private func value(of column: String) -> String? {
        if let value = known[column] { return value }
        let values = runs.map { $0.summary[column] }
        let present = values.compactMap { $0 }
        let figure = RunFigure.named(column)
        switch figure?.joining ?? .equal {
        case .equal: return agreed(values)
        case .sum: return Self.sum(present)
        case .sumOfAll: return present.count == runs.count ? Self.sum(present) : nil
        case .largest: return present.max { number($0) < number($1) }
        case .mean(let weight): return mean(of: column, weightedBy: weight)
        case .formula:
            return figure?.formula?.value(total).flatMap {
                CSV.decimal($0, digits: figure?.digits ?? 3)
            }
        case .distribution: return latencies.summaryFields[column] ?? agreed(values)
        case .word(let word): return present.contains(word) ? word : present.first
        case .ofOneRun, .ofTheWhole: return nil
        }
    }

    private func agreed(_ values: [String?]) -> String? {
        Set(values).count == 1 ? values[0] : nil
    }

    /// The mean weighted over all; nil if a generator with weight has no value.
    private func mean(of column: String, weightedBy weight: String) -> String? {
        var (sum, weights) = (0.0, 0.0)
        for run in runs {
            guard let count = run.summary.number(weight), count > 0 else { continue }
            guard let value = run.summary.number(column) else { return nil }
            sum += value * count
            weights += count
        }
        return weights > 0 ? CSV.decimal(sum / weights, digits: 3) : nil
    }

    private func total(_ column: String) -> Double? {
        let values = runs.compactMap { $0.summary.number(column) }
        return values.isEmpty ? nil : values.reduce(0, +)
    }

    private func number(_ text: String) -> Double { Double(text) ?? -.infinity }

    /// Whole numbers exactly, others with as many decimals as they have.
    static func sum(_ texts: [String]) -> String? {
        guard !texts.isEmpty else { return nil }
        let integers = texts.compactMap { UInt64($0) }
        if integers.count == texts.count {
            var total: UInt64 = 0
            for integer in integers {
                let (sum, overflow) = total.addingReportingOverflow(integer)
                if overflow { return nil }
                total = sum
            }
            return String(total)
        }
        let numbers = texts.compactMap(Double.init)
        guard numbers.count == texts.count else { return nil }
        let digits = texts.map { $0.split(separator: ".").dropFirst().first?.count ?? 0 }.max()!
        return CSV.decimal(numbers.reduce(0, +), digits: min(digits, 9))
    }
}
