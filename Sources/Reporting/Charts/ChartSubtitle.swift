import Foundation

/// The lines under a chart's title, by which a picture without its page can be understood: what was
/// loaded how, then where, when, by which version, and the verdict.
///
/// The reasons of a verdict are on the page and in the terminal, once.
enum ChartSubtitle {
    static func lines(_ results: [SavedResults], _ subjects: [ChartSubject]) -> [String] {
        let runs = subjects.flatMap(\.runs)
        let rows = runs.compactMap(\.summary)
        let profiles = rows.compactMap { $0["profile"] }.uniqued()
        let name = (profiles.isEmpty ? results.map(\.name) : profiles).uniqued()
        var load = [shortened(name)] + settings(rows)
        if runs.count > 1 {
            var count = "\(runs.count) runs"
            if subjects.count > 1 {
                count +=
                    results.count == 1
                    ? " of \(subjects.count) variants" : " of \(results.count) results"
            }
            load.append(count)
        }
        let place = [machine(rows, results), day(rows), version(rows, results)].compactMap(\.self)
        return [
            load.joined(separator: " · "),
            (place + [verdict(runs)]).joined(separator: " · "),
        ]
    }

    /// Of codecs alone, and of what they cost: no run has a load or a verdict, but each setting is known or
    /// not.
    static func ofCodecs(_ results: SavedResults, _ load: [String]) -> [String] {
        let rows = results.codecs?.rows ?? results.costs?.rows ?? []
        let runs = results.summary?.rows ?? []
        let name = rows.compactMap { $0["run_id"] }.uniqued()
        let place = [
            machine(runs, [results]), day(runs) ?? name.first.flatMap(day(inName:)),
            version(runs, [results]), settled(results.codecs?.rows ?? []),
        ].compactMap(\.self)
        return [
            ([shortened(name.isEmpty ? [results.name] : name)] + load).joined(separator: " · "),
            place.joined(separator: " · "),
        ].filter { !$0.isEmpty }
    }

    private static func settled(_ rows: [CSVTable.Row]) -> String? {
        let told = rows.compactMap { $0["settled"] }
        guard !told.isEmpty else { return nil }
        let known = told.count { $0 == "true" }
        return "\(known == told.count ? "all" : "\(known) of") \(told.count) settings within 3 %"
    }

    /// Of a folder's name, which ends in a time.
    private static func day(inName name: String) -> String? {
        name.firstMatch(of: /(\d{4})(\d{2})(\d{2})T\d{6}Z/).map { match in
            "\(match.1)-\(match.2)-\(match.3)"
        }
    }

    // MARK: Load

    private static func settings(_ rows: [CSVTable.Row]) -> [String] {
        [
            joined(rows, rate), joined(rows, codec), joined(rows, batches), joined(rows, payload),
            joined(rows) { $0["target"] },
        ].compactMap(\.self)
    }

    private static func rate(_ row: CSVTable.Row) -> String? {
        if row["loop"] == "closed" { return "rate: max" }
        return row.number("offered_rate_records_per_s").map(Figure.rate)
    }

    private static func codec(_ row: CSVTable.Row) -> String? {
        row["compression_type"].map { type in
            type + (row["compression_level"].map { ":\($0)" } ?? "")
        }
    }

    private static func batches(_ row: CSVTable.Row) -> String? {
        let size = row.number("batch_size_bytes").map { "batch \(binary($0))" }
        let linger = row.number("linger_ms").map { "linger \(Figure.plain($0)) ms" }
        let parts = [size, linger].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private static func payload(_ row: CSVTable.Row) -> String? {
        guard let kind = row["payload_kind"] else { return nil }
        let size = row.number("payload_value_size_mean_bytes").map { " of \(Figure.bytes($0))" }
        return kind + (size ?? "")
    }

    /// Batch sizes are set in powers of two.
    private static func binary(_ bytes: Double) -> String {
        for (size, name) in [(1_048_576.0, "MiB"), (1_024, "KiB")]
        where bytes >= size && bytes.remainder(dividingBy: size) == 0 {
            return "\(Figure.plain(bytes / size)) \(name)"
        }
        return "\(Figure.plain(bytes)) B"
    }

    // MARK: Place

    private static func machine(_ rows: [CSVTable.Row], _ results: [SavedResults]) -> String? {
        let models = known("cpu_model", rows, results)
        let cores = results.compactMap { saved -> String? in
            guard case .number(let cores)? = saved.environment?["cores"] else { return nil }
            return Figure.plain(cores)
        }.uniqued()
        guard let models else { return nil }
        return cores.count == 1 ? "\(models), \(cores[0]) cores" : models
    }

    /// The day, or the first and the last.
    private static func day(_ rows: [CSVTable.Row]) -> String? {
        let days = rows.compactMap { $0["started_at"]?.prefix(10) }.sorted()
        guard let first = days.first, let last = days.last else { return nil }
        return first == last ? String(first) : "\(first) to \(last)"
    }

    private static func version(_ rows: [CSVTable.Row], _ results: [SavedResults]) -> String? {
        known("weir_version", rows, results).map { "Weir \($0)" }
    }

    /// By the runs, else by `environment.json`: summaries of old versions do not say.
    private static func known(
        _ column: String, _ rows: [CSVTable.Row], _ results: [SavedResults]
    ) -> String? {
        if let text = joined(rows, { $0[column] }) { return text }
        let values = results.compactMap { $0.environment?[column]?.text }.uniqued()
        return values.isEmpty ? nil : shortened(values)
    }

    // MARK: Verdict

    /// `SUSPECT`, `all 20 VALID`, `13 of 20 VALID`.
    private static func verdict(_ runs: [ChartRun]) -> String {
        let verdicts = runs.map { $0.summary.map { $0["verdict"] ?? "no verdict" } }
        guard runs.count > 1 else {
            return (verdicts.first ?? nil) ?? "no verdict: unfinished, or without its summary.csv"
        }
        let words = verdicts.compactMap(\.self)
        let unfinished = runs.count - words.count
        let valid = words.count { $0 == "VALID" }
        let text =
            if Set(words).count == 1, unfinished == 0 {
                "all \(runs.count) \(words[0])"
            } else {
                "\(valid) of \(runs.count) VALID"
            }
        return unfinished > 0 ? "\(text), \(unfinished) without a summary" : text
    }

    // MARK: Texts

    /// What the runs have in common, or their few values, or how many there are; nil without any.
    private static func joined(
        _ rows: [CSVTable.Row], _ text: (CSVTable.Row) -> String?
    ) -> String? {
        let values = rows.compactMap(text).uniqued()
        return values.isEmpty ? nil : shortened(values)
    }

    private static func shortened(_ values: [String]) -> String {
        let texts = values.prefix(3).map { GnuplotText.shortened($0, to: 40) }
        return values.count > texts.count
            ? "\(texts[0]), \(texts[1]) and \(values.count - 2) more"
            : texts.joined(separator: ", ")
    }
}
