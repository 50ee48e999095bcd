/// The settings in which variants differ, from the columns of `summary.csv`.
struct VariedSettings {
    /// Columns of a sweep first, since they hold the values as written.
    private let columns: [String]

    /// Settings that every summary has. The offered rate is not among them.
    private static let known = [
        "profile", "target", "compression_type", "compression_level", "batch_size_bytes",
        "linger_ms", "acks", "idempotence", "producers", "consumers", "topics", "partitions",
        "flush_messages", "flush_ms", "payload_kind",
    ]

    /// - Parameter excluded: columns of a sweep that do not count.
    init(_ variants: [VariantFigures], columns: [String], without excluded: Set<String>) {
        let sweep = columns.filter { $0.hasPrefix("set_") && !excluded.contains($0) }
        self.columns = (sweep + Self.known).filter { column in
            Set(variants.map { $0.setting(column) }).count > 1
        }
    }

    /// Equal for variants that differ in no setting.
    func key(of variant: VariantFigures) -> [String] { columns.map(variant.setting) }

    /// The values that distinguish the variant from others, as written in the sweep.
    func name(of variant: VariantFigures) -> String {
        let swept = columns.filter { $0.hasPrefix("set_") }
        return (swept.isEmpty ? columns : swept).map(variant.setting).filter { !$0.isEmpty }
            .joined(separator: ", ")
    }
}

extension VariantFigures {
    /// Empty if no repetition has it.
    fileprivate func setting(_ column: String) -> String {
        subject.runs.lazy.compactMap { $0.summary?[column] }.first ?? ""
    }
}
