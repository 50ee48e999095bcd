import ArgumentParser
import Foundation
import LoadGenerator
import Measurement
import Reporting

struct AdviseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "advise",
        abstract: "Find the compression settings for a sample of your payload.",
        discussion: """
            Takes a file of records, one a line, and runs codecs and levels × batch.size × \
            linger.ms on it at a fixed rate, interleaved as by weir compare. Of the settings that \
            keep the rate and the budget it names those on the Pareto front: no other is shown to \
            compress better at no more CPU, or to cost less CPU at no worse a ratio. With --cpu it \
            advises the best ratio within that. Where 95 % intervals overlap it says that there is \
            no clear winner.

              weir advise app.log --rate 50k/s --latency 'e2e_latency_p99 < 20ms'
              weir advise orders.ndjson --cpu 25 --quick

            It takes about 20 minutes, with --quick about 2. Give the rate that you expect, since \
            it decides how full batches get. Given the folder of a finished comparison instead of \
            a sample, it advises on that and runs nothing:

              weir advise Results/compression/latest --cpu 25

            It begins with the codecs alone, on batches of the sample and without an engine; \
            with --codecs this is all, and takes 10 s. Then it also says what producers, \
            consumers, network and disks pay for the settings on the front:

              weir advise app.log --codecs --rate 50k/s --retention 7d --consumers 2

            Exit status: that of weir compare; 99 if nothing is shown to fit the budget.
            """)

    @Argument(help: "A file of records, or the folder of a finished comparison.")
    var sample: String

    @Option(help: "The total rate of all records; by default 20k/s.")
    var rate: String?

    @Option(
        name: .customLong("latency"),
        help: ArgumentHelp(
            "A limit on latency or on any other figure; may be repeated.",
            valueName: "metric < limit"))
    var limits: [String] = []

    @Option(
        name: .customLong("cpu"),
        help: ArgumentHelp(
            "A limit on CPU seconds per logical GB, of generator and log together.",
            valueName: "s/GB"))
    var cpu: Double?

    @Flag(help: "Fewer settings, shorter runs and three repetitions: a first look.")
    var quick = false

    @Option(
        help: "How the file is cut into records: payload.format of a profile; by default lines.")
    var format: String?

    @Option(
        help: "Length of each run's measured part; by default 5s, and 3s with --quick.")
    var duration: String?

    @Option(help: "How often each setting is run; by default 5, and 3 with --quick.")
    var repetitions: Int?

    @Option(
        name: .customLong("vary"),
        help: ArgumentHelp(
            "Settings to try instead; several make a product.",
            valueName: "key=a,b,…"))
    var vary: [String] = []

    @Option(help: "The directory that results go to.")
    var out = "Results"

    @Flag(help: "No progress lines.")
    var quiet = false

    @OptionGroup(title: "Codecs alone")
    var codecOptions: CodecOptions

    @OptionGroup
    var page: ResultsPageOptions

    @OptionGroup
    var labels: LabelOptions

    func validate() throws {
        if let repetitions, !(2...1000).contains(repetitions) {
            throw ValidationError(
                "--repetitions is between 2 and 1000: a single run has no interval")
        }
        if let cpu, !(cpu > 0 && cpu.isFinite) {
            throw ValidationError("--cpu is a positive number of seconds for a GB")
        }
        let isRun =
            quick || repetitions != nil || duration != nil || !vary.isEmpty || labels.isGiven
        let isOfSample = isRun || codecOptions.isGiven || rate != nil || format != nil
        guard !isFinished || !isOfSample else {
            throw ValidationError(
                "\(sample) is finished: --rate, --format, --quick, --duration, --repetitions, "
                    + "--vary, --label and --tag go with a sample, as do --codecs and its options")
        }
        guard !codecOptions.codecs || !(isRun || cpu != nil || !limits.isEmpty) else {
            throw ValidationError(
                "--codecs runs no load: --latency, --cpu, --quick, --duration, --repetitions, "
                    + "--vary, --label and --tag go without it")
        }
    }

    /// Whether the sample is a folder of results, so that nothing is run.
    private var isFinished: Bool {
        var isDirectory: ObjCBool = false
        let exists = unsafe FileManager.default.fileExists(
            atPath: sample, isDirectory: &isDirectory)
        return exists && isDirectory.boolValue
    }

    func run() throws {
        throw try ExitStatus.explaining {
            let budget = try AdviceBudget(limits: limits, cpu: cpu)
            guard !isFinished else {
                let results = try SavedResults(path: sample, tables: [.summary])
                let comparison = try Comparison(summaries: [results.summary].compactMap(\.self))
                let (rows, status) = try advise(
                    on: comparison, results, offered: Self.offeredRate(of: results), budget)
                do {
                    try AdviceRow.write(rows, in: results.path)
                    try DataPackage.write(in: results.path)
                    page.write(in: results.path)
                } catch {
                    // A user who may only read the results gets the advice, too.
                    printError("note: the advice was not written: \(error)")
                }
                return status
            }
            return codecOptions.codecs ? try adviseOnCodecs() : try runAndAdvise(budget)
        }
    }

    private func adviseOnCodecs() throws -> ExitCode {
        let codecs: CodecAdvice
        do {
            codecs = try measureCodecs()
        } catch let error as CodecPassError {
            throw SampleError(description: "\(sample): \(error)")
        }
        let shown = Result { try printNow(codecs.text(isBrief: false), terminator: "") }
        let path = try codecs.save(in: out, page)
        try printNow("\nResults in \(path)")
        let status = ExitStatus.of(shown)
        return codecs.wasInterrupted ? ExitStatus.interrupted : status
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
            sample: sample, format: format ?? "lines", rate: rate ?? "20k/s", isQuick: quick,
            isQuiet: quiet, options: codecOptions)
    }

    private func runAndAdvise(_ budget: AdviceBudget) throws -> ExitCode {
        if !quiet { LeftoversNote.write(for: out) }
        let sweep = SampleSweep(
            sample: sample, format: format ?? "lines", rate: rate ?? "20k/s",
            duration: duration ?? (quick ? "3s" : "5s"), isQuick: quick,
            latencyBudgetMillis: budget.latencyMillis)
        let swept = try SweptProfile(
            .init(
                source: .text(try sweep.yaml(), name: sweep.name), vary: vary,
                comparison: repetitions.map { ["repetitions=\($0)"] } ?? []))
        let codecs = try measureCodecsWherePossible()
        let shown = Result { try codecs.map { try printNow($0.text(isBrief: true)) } ?? () }
        let shownStatus = ExitStatus.of(shown)
        guard codecs?.wasInterrupted != true else { return ExitStatus.interrupted }
        let folder = try swept.makeFolder(in: out, labels: labels.labels)
        try codecs?.write(in: folder.path, runID: folder.runID)
        let runner = try ComparisonRunner(
            folder: folder, lock: ComparisonLock(folder),
            display: ComparisonDisplay(isQuiet: quiet))
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
        page.write(in: folder.path)
        let status = ExitStatus.graver(runner.statusInTheEnd, shownStatus)
        return status == ExitStatus.interrupted ? status : ExitStatus.graver(status, advised)
    }

    /// The rate of all runs; nil if they differ, or if the target set it.
    private static func offeredRate(of results: SavedResults) -> Double? {
        let rates = results.summary?.rows.filter { $0["verdict"] != Verdict.invalid.rawValue }.map {
            $0.number("offered_rate_records_per_s")
        }
        guard let rate = rates?.first, rates?.allSatisfy({ $0 == rate }) == true else { return nil }
        return rate
    }

    /// Prints the advice, and returns it with what to exit with.
    /// - Parameter offered: settings that do not carry this rate are left out.
    private func advise(
        on comparison: Comparison, _ results: SavedResults, offered: Double?, _ budget: AdviceBudget
    ) throws -> (rows: [AdviceRow], status: ExitCode) {
        let rateLimit = offered.map { offered in
            Advice.Budget(
                metric: "acked_rate_records_per_s", isAtMost: false, limit: offered * 0.99,
                text: "99 % of the rate")
        }
        let budgets = (rateLimit.map { [$0] } ?? []) + budget.all
        let advice = Advice(comparison, budgets: budgets)
        let shown = Result {
            try printNow(
                AdviceReport.text(advice, resultsPath: results.path), terminator: "")
        }
        let status = ExitStatus.graver(
            advice.conclusion == .nothingFits ? ExitStatus.thresholdFailed : .success,
            ExitStatus.of(shown))
        return (
            AdviceRow.rows(of: advice, budgets: budgets, runID: results.name), status
        )
    }
}
