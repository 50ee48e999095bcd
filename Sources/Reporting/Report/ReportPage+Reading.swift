import Foundation

extension ReportPage {
    /// - Parameter results: a folder of a run, of a comparison, of `weir roofline`, or of codecs alone.
    init(_ results: SavedResults) {
        let search = RateSearchPage(results)
        if let search {
            self.init(search)
        } else if ComparisonPage.holds(results) {
            self.init(ComparisonPage(results))
        } else if results.summary == nil, let roofline = results.roofline {
            self.init(roofline, of: results)
        } else if results.summary == nil, results.codecs != nil {
            self.init(codecs: results)
        } else {
            self.init(RunPage(results))
        }
        // The bounds of a search are thresholds of its runs, but their failure is a result of the
        // search.
        verdict.judgement =
            search != nil
            ? nil
            : results.thresholds.flatMap { table in
                table.rows.isEmpty ? nil : ReportSection.thresholdVerdict(table)
            }
        if results.environment?["is_optimized_build"]?.boolean == false {
            headlineNotes.append(
                "Measured with a debug build of Weir, many times slower than a release build.")
        }
    }

    private init(_ run: RunPage) {
        let results = run.results
        self.init(results, kind: "Run", verdict: run.verdict, verb: "run")
        circumstances = run.circumstances
        headline = run.headline
        headlineNotes = run.headlineNotes
        insert([
            ReportSection.thresholds(results.thresholds), run.figures, .charts(of: results),
            .brokers(results.brokers), .producerGroups(results.producerGroups),
            .audit(results.summary?.rows ?? []), .machine(run.row),
        ])
    }

    private init(_ comparison: ComparisonPage) {
        let results = comparison.results
        self.init(results, kind: "Comparison", verdict: comparison.verdict, verb: "compare")
        circumstances = comparison.circumstances
        answer = comparison.answer
        headline = comparison.headline
        insert([
            .advice(results.advice), comparison.comparison, .thresholds(results.thresholds),
            .charts(of: results), .codecs(results.codecs),
            comparison.runTable, .brokers(results.brokers),
            .producerGroups(results.producerGroups), .audit(comparison.runs), comparison.machine,
        ])
    }

    private init(_ search: RateSearchPage) {
        let results = search.results
        self.init(
            results, kind: "Search for the highest rate", verdict: search.verdict,
            verb: "run --find-max-rate")
        circumstances = search.circumstances
        answer = [search.sentence]
        headline = search.headline
        let runs = ComparisonPage(results)
        insert([
            .charts(of: results), search.rates, runs.runTable, .audit(runs.runs), runs.machine,
        ])
    }

    private init(_ roofline: CSVTable, of results: SavedResults) {
        self.init(results, kind: "Roofline", verdict: .roofline, verb: "roofline")
        insert([.roofline(roofline)])
    }

    private init(codecs results: SavedResults) {
        self.init(results, kind: "Codecs", verdict: .codecs, verb: nil)
        insert([.charts(of: results), .codecs(results.codecs)])
    }

    /// The parts that all pages share.
    private init(_ results: SavedResults, kind: String, verdict: ReportVerdict, verb: String?) {
        self.init(
            kind: kind,
            heading: results.summary?.rows.first?["profile"] ?? results.name,
            question: results.profileYAML.flatMap(Self.description),
            circumstances: [results.name], verdict: verdict,
            origin: "Written by Weir from the files of \(results.name). Results/README.md defines "
                + "every column.")
        sections = [
            .environment(results.environment), .repetition(of: results, verb: verb),
        ]
    }

    private mutating func insert(_ own: [ReportSection?]) {
        sections.insert(contentsOf: own.compactMap(\.self), at: 0)
    }

    /// The profile's question: one line of the resolved profile, in JSON's quotes where it has any.
    private static func description(profile yaml: String) -> String? {
        let key = "description:"
        guard let line = yaml.split(separator: "\n").first(where: { $0.hasPrefix(key) }) else {
            return nil
        }
        let text = line.dropFirst(key.count).trimmingPrefix(" ")
        guard text.hasPrefix("\"") else { return text.isEmpty ? nil : String(text) }
        return try? JSONDecoder().decode(String.self, from: Data(text.utf8))
    }
}
