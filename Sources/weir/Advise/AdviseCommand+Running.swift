import ArgumentParser
import Foundation
import LoadGenerator
import Measurement
import Reporting

extension AdviseCommand {
    func adviseOnCodecs() throws -> ExitCode {
        let codecs: CodecAdvice
        do {
            codecs = try measureCodecs()
        } catch let error as CodecPassError {
            throw SampleError(description: "\(sample): \(error)")
        }
        let shown = Result {
            if !json { try printNow(codecs.text(isBrief: false), terminator: "") }
        }
        let path = try codecs.save(in: out, page, isQuiet: quiet || json)
        try printNow(
            json
                ? JSON.list(codecs.rows(runID: ""), resultsPath: path) : "\nResults in \(path)")
        let status = ExitStatus.of(shown)
        return codecs.wasInterrupted ? ExitStatus.interrupted : status
    }

    func adviseOnLog(_ directory: String) throws -> ExitCode {
        let advice = try LogAdvice(
            directory: directory, topics: logOptions.topics, readsAll: logOptions.all,
            options: codecOptions, time: codecOptions.time(isQuick: quick), isQuiet: quiet || json)
        let shown = Result { if !json { try printNow(advice.text, terminator: "") } }
        let path = try advice.save(in: out, page, isQuiet: quiet || json)
        try printNow(json ? advice.json(resultsPath: path) : "\nResults in \(path)")
        return advice.wasInterrupted ? ExitStatus.interrupted : ExitStatus.of(shown)
    }

    /// Nil, with a note, for a few large records: the runs fill their batches as the load does.
    private func measureCodecsWherePossible() throws -> CodecAdvice? {
        do {
            return try measureCodecs()
        } catch let error as CodecPassError {
            printError("note: the codecs alone are not measured: \(error)")
            return nil
        }
    }

    private func measureCodecs() throws -> CodecAdvice {
        try CodecAdvice(
            sample: sample, format: format ?? "lines", overrides: settings, isQuick: quick,
            isQuiet: quiet || json, options: codecOptions)
    }

    /// Of every run, and of the codecs alone.
    private var settings: [OptionText] {
        // The sample is the payload, whatever the environment says of other runs.
        EnvironmentOptions.ofProcess.filter { !$0.text.hasPrefix("payload.") }
            + OptionText.setting("producers.rate", rate, option: "--rate")
            + overrides.map { OptionText($0) }
    }

    func runAndAdvise(_ budget: AdviceBudget) throws -> ExitCode {
        if !quiet, !json { LeftoversNote.write(for: out) }
        let sweep = SampleSweep(
            sample: sample, format: format ?? "lines", isQuick: quick,
            latencyBudgetMillis: budget.latencyMillis)
        let swept = try SweptProfile(
            .init(
                source: .text(try sweep.yaml(), name: sweep.name),
                vary: vary.map { OptionText($0) },
                overrides: settings
                    + OptionText.setting("duration", duration, option: "--duration"),
                comparison: OptionText.setting(
                    "repetitions", repetitions.map { "\($0)" }, option: "--repetitions")))
        let codecs = try measureCodecsWherePossible()
        let shown = Result {
            if let codecs, !json { try printNow(codecs.text(isBrief: true)) }
        }
        let shownStatus = ExitStatus.of(shown)
        guard codecs?.wasInterrupted != true else { return ExitStatus.interrupted }
        let folder = try swept.makeFolder(in: out, labels: labels.labels)
        try codecs?.write(in: folder.path, runID: folder.runID)
        let runner = try ComparisonRunner(
            folder: folder, lock: ComparisonLock(folder),
            display: ComparisonDisplay(isQuiet: quiet || json, terminal: terminal))
        try runner.run()
        let results = try SavedResults(path: folder.path, tables: [.summary])
        guard results.summary != nil else { return runner.statusInTheEnd }
        let comparison = try Comparison(summaries: [results.summary].compactMap(\.self))
            .named(folder.runID)
        try AtomicFile.replace(
            folder.path + "/" + ComparisonRow.fileName, with: comparison.csv)
        let (rows, advised) = try advise(
            on: comparison, results, offered: swept.profile.meanOfferedRate, budget)
        try AdviceRow.write(rows, in: folder.path)
        try DataPackage.write(in: folder.path, name: folder.runID)
        page.write(in: folder.path, isQuiet: quiet || json)
        let status = ExitStatus.graver(runner.statusInTheEnd, shownStatus)
        return status == ExitStatus.interrupted ? status : ExitStatus.graver(status, advised)
    }

    /// The rate of all runs; nil if they differ, or if the target set it.
    static func offeredRate(of results: SavedResults) -> Double? {
        let rates = results.summary?.rows.filter { $0["verdict"] != Verdict.invalid.rawValue }.map {
            $0.number("offered_rate_records_per_s")
        }
        guard let rate = rates?.first, rates?.allSatisfy({ $0 == rate }) == true else { return nil }
        return rate
    }

    /// Prints the advice, and returns it with what to exit with.
    /// - Parameter offered: settings that do not carry this rate are left out.
    func advise(
        on comparison: Comparison, _ results: SavedResults, offered: Double?, _ budget: AdviceBudget
    ) throws -> (rows: [AdviceRow], status: ExitCode) {
        let rateLimit = offered.map { offered in
            Advice.Budget(
                metric: "acked_rate_records_per_s", isAtMost: false, limit: offered * 0.99,
                text: "99 % of the rate")
        }
        let budgets = (rateLimit.map { [$0] } ?? []) + budget.all
        let advice = Advice(comparison, budgets: budgets)
        let rows = AdviceRow.rows(of: advice, budgets: budgets, runID: results.name)
        let shown = Result {
            guard !json else {
                return try printNow(JSON.list(rows, resultsPath: results.path))
            }
            let width = TerminalWidth.ofOutput
            try printOut(AdviceReport.text(advice, on: comparison, width: width), terminator: "")
            let sizes = try self.sizes(advice, results, offered: offered)
            let lines = sizes.flatMap { SummaryReport.wrapped($0, indent: 0, width: width) }
            if !lines.isEmpty { try printOut("\n" + lines.joined(separator: "\n")) }
            try printNow("\nResults in \(results.path)")
        }
        let fits = advice.conclusion != .nothingFits && advice.unmet.isEmpty
        let status = ExitStatus.graver(
            fits ? .success : ExitStatus.thresholdFailed, ExitStatus.of(shown))
        return (rows, status)
    }

    /// What the settings that the advice names store and cost at the rate, a sentence each.
    private func sizes(
        _ advice: Advice, _ results: SavedResults, offered: Double?
    ) throws -> [String] {
        guard let load = try codecOptions.load(recordsPerSecond: offered) else { return [] }
        return advice.measured.map(\.name).filter(advice.named.contains).compactMap { name in
            let runs = (results.summary?.rows ?? []).filter { $0["variant"] == name }
            return load.sentence(name, runs: runs)
        }
    }
}
