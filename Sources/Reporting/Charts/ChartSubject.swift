import Foundation

/// One colour of a chart: a variant of a sweep, or a single run.
struct ChartSubject {
    /// Unique among the subjects of a picture.
    var name: String
    /// Its place in the order of subjects, which gives its colour.
    var index: Int
    /// Its repetitions, one or more, in order.
    var runs: [ChartRun]

    var ink: Ink { Palette.variant(index) }

    /// The repetitions that count in medians.
    var countedRuns: [ChartRun] {
        zip(runs, CountedRuns.areCounted(runs.map(\.summary))).filter(\.1).map(\.0)
    }
}

/// One run: one repetition of one variant, from as many files as there are.
struct ChartRun {
    var variant: String
    var repetition: String
    var summary: CSVTable.Row?
    var timeSeries: [CSVTable.Row] = []
    var lag: [CSVTable.Row] = []
    var percentiles: [CSVTable.Row] = []

    /// Consumer groups in the order in which the files first name them.
    var groups: [String] {
        var seen: Set<String> = []
        let rows = timeSeries + lag + percentiles
        return rows.compactMap { $0["group"] }.filter { seen.insert($0).inserted }
    }
}

extension ChartSubject {
    /// The subjects of some results, in the order of the files.
    static func subjects(of results: [SavedResults]) -> [ChartSubject] {
        let labels = labels(of: results)
        var subjects: [ChartSubject] = []
        for (place, saved) in results.enumerated() {
            let runs = runs(of: saved)
            let variants = runs.map(\.variant).uniqued()
            for variant in variants {
                let name =
                    if results.count == 1 {
                        variant == defaultVariant ? saved.name : variant
                    } else if variants.count == 1 {
                        labels[place]
                    } else {
                        "\(labels[place]) \(variant)"
                    }
                subjects.append(
                    ChartSubject(
                        name: name, index: subjects.count,
                        runs: runs.filter { $0.variant == variant }))
            }
        }
        return subjects
    }

    /// The name of a run that belongs to no sweep.
    private static let defaultVariant = "default"

    /// Short, distinct names of the results: their labels if each has its own, else their variants
    /// if each has its own, else their folders.
    static func labels(of results: [SavedResults]) -> [String] {
        if let given = givenLabels(results) { return given }
        let variants = results.map { runs(of: $0).map(\.variant).uniqued() }
        let single = variants.compactMap { $0.count == 1 ? $0.first : nil }
        let areTelling =
            single.count == results.count && Set(single).count == results.count
            && !single.contains(defaultVariant)
        if areTelling { return single }
        var counts: [String: Int] = [:]
        return results.map { saved in
            counts[saved.name, default: 0] += 1
            let count = counts[saved.name]!
            return count == 1 ? saved.name : "\(saved.name) (\(count))"
        }
    }

    /// The user's labels; nil if not each has its own.
    static func givenLabels(_ results: [SavedResults]) -> [String]? {
        let words = results.map { ($0.summary?.rows ?? []).map { $0["label"] }.uniqued() }
        let given = words.compactMap { $0.count == 1 ? $0[0] : nil }
        return given.count == results.count && Set(given).count == results.count ? given : nil
    }

    private static func runs(of saved: SavedResults) -> [ChartRun] {
        var runs: [ChartRun] = []
        var places: [String: Int] = [:]
        func place(of row: CSVTable.Row) -> Int {
            let variant = row["variant"] ?? defaultVariant
            let repetition = row["repetition"] ?? "1"
            // A length before the text keeps ("a", "b1") and ("ab", "1") apart.
            let key = "\(variant.utf8.count):\(variant)\(repetition)"
            if let place = places[key] { return place }
            places[key] = runs.count
            runs.append(ChartRun(variant: variant, repetition: repetition))
            return runs.count - 1
        }
        for row in saved.summary?.rows ?? [] { runs[place(of: row)].summary = row }
        for row in saved.timeSeries?.rows ?? [] { runs[place(of: row)].timeSeries.append(row) }
        for row in saved.lag?.rows ?? [] { runs[place(of: row)].lag.append(row) }
        for row in saved.percentiles?.rows ?? [] { runs[place(of: row)].percentiles.append(row) }
        return runs
    }
}

extension Sequence where Element: Hashable {
    /// Each element once, at its first place.
    package func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
