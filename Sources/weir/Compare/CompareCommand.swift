import ArgumentParser
import Foundation
import LoadGenerator
import Reporting

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Run the variants of a profile interleaved and compare them, or compare results.",
        discussion: """
            Each variant is run several times, interleaved: a round has every variant once. The \
            first round is in the written order. The others are drawn from the profile's seed, so \
            that over the rounds each variant has each place and each predecessor equally often, \
            and changes of the machine favour none. All variants get the same payload, byte for \
            byte. Each run is a process of its own.

            Results go to Results/<profile>/<UTC time>/: one folder for each run below runs/, and \
            their rows together in summary.csv, with the varied settings as columns set_….

              weir compare Profiles/compression.yaml
              weir compare Profiles/orders.yaml --vary compression.type=none,lz4,zstd:3
              weir compare Profiles/orders.yaml --vary batch.size=16KiB,1MiB --vary linger.ms=0ms,5ms
              weir compare Profiles/orders.yaml --vary target=embedded,broker
              weir compare --resume latest

            Ctrl-C, SIGTERM and SIGHUP end the current run, which then does not count, and print the \
            comparison so far. --resume continues a comparison that was interrupted or killed. It \
            keeps the finished runs and follows the plan in the folder, even if the profile has \
            changed since; with more --repetitions it makes further rounds. Without --resume a \
            comparison always begins anew.

            When all runs have been made, those that the machine disturbed (SUSPECT) are made again, \
            up to --retries times, unless it disturbed most of them. A run that stays disturbed \
            counts only if its variant has no undisturbed run. A run that is SUSPECT because of the \
            target counts.

            Given folders of finished results, of runs or of comparisons, weir compare runs nothing, and \
            writes the comparison to Results/compared/<UTC time>/. Results of different machines or \
            payloads need --force. --against names the folders of the baseline. To keep a baseline, copy \
            its folder.

            Runs with different settings are variants, named by those settings. Runs with the same \
            settings are separate variants if label, version of weir or of a codec, kernel or host \
            differ. If these are the same, too, runs with a label are repetitions of one variant. \
            Without a label, each of two folders is a variant; of three or more folders, each is a \
            variant if one of them has several runs with these settings, otherwise all their runs are \
            repetitions of one variant.

              weir compare Results/orders/20261121T104500Z Results/orders/20261121T105500Z
              weir compare Profiles/orders.yaml --against baseline
              weir compare new/* --against old/* --fail-if 'e2e_latency_p99 worse than 5%'

            --fail-if takes 'METRIC worse than N%' or 'METRIC differs by more than N%' of the \
            baseline's median, for any metric of comparison.csv. It fails if the whole 95 % interval \
            of the ratio is beyond the limit and a Mann–Whitney test holds at p < 0.05. It also fails \
            if it cannot be judged: fewer than 4 repetitions of each, or nothing measured. If the \
            limit is inside the interval, it does not fail, and says how many repetitions may decide. \
            --threshold limits a figure of each run, also of finished ones.

            Exit status: the worst of the runs' statuses (98, 97, 99, then others), as of weir run; \
            99 also if a --fail-if failed, or a --threshold in a finished run; 130 if the comparison \
            was interrupted.
            """)

    @Argument(
        help: ArgumentHelp(
            "A profile to run, or folders of results; nothing is needed with --resume.",
            valueName: "profile|results"),
        completion: .file())
    var arguments: [String] = []

    @Option(
        help: ArgumentHelp(
            "Vary a setting, instead of the profile's sweep; several make a product.",
            valueName: "key=a,b,…"))
    var vary: [String] = []

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Override a setting for all variants.", valueName: "key=value"))
    var overrides: [String] = []

    @Option(
        name: .customLong("threshold"),
        help: ArgumentHelp(
            "A condition for each run; the exit status is 99 if one fails.",
            valueName: "metric < limit"))
    var thresholds: [String] = []

    @Option(help: "Length of each run's measured part, as duration=… (10s, 5m).")
    var duration: String?

    @Option(help: "Total rate of all producers, as producers.rate=… (50k/s, max).")
    var rate: String?

    @OptionGroup
    var cluster: ClusterOptions

    @Option(help: "How often each variant is run; by default as the profile says, or 5.")
    var repetitions: Int?

    @Option(help: "How often a run that the machine disturbed is made again; by default 2.")
    var retries: Int?

    @OptionGroup
    var differences: DifferenceOptions

    @Option(help: "The variant that the others are compared with; by default the first.")
    var baseline: String?

    @Option(help: "The directory that results go to; by default WEIR_OUT, or Results.")
    var out = ResultsDirectories.standard

    @Option(
        help: ArgumentHelp(
            "Continue a comparison: its folder, or latest for the newest one.",
            valueName: "folder"))
    var resume: String?

    @Flag(help: "Compare results even of different machines or payloads.")
    var force = false

    @Flag(help: "No progress lines.")
    var quiet = false

    @Flag(
        help: """
            Print the rows of comparison.csv as JSON instead of the table, each with the outcomes of its \
            thresholds.
            """)
    var json = false

    @OptionGroup
    var summary: SummaryOptions

    @OptionGroup
    var terminal: TerminalOptions

    @OptionGroup
    var page: ResultsPageOptions

    @OptionGroup
    var labels: LabelOptions

    @OptionGroup
    var quietWait: QuietWaitOptions

    func validate() throws {
        try summary.validate(besidesJSON: json)
        if let repetitions, !(1...1000).contains(repetitions) {
            throw ValidationError("--repetitions is between 1 and 1000")
        }
        if let retries, !(0...100).contains(retries) {
            throw ValidationError("--retries is between 0 and 100")
        }
        guard differences.against.isEmpty || baseline == nil else {
            throw ValidationError("--against names the baseline; remove --baseline")
        }
        let settings =
            vary + overrides + [duration, rate, cluster.bootstrapServer].compactMap(\.self)
        let changes = settings + thresholds
        if resume == nil, FinishedResults.areMeant(by: arguments) {
            guard settings.isEmpty, repetitions == nil, retries == nil, !labels.isGiven else {
                throw ValidationError(
                    "these are finished results: --vary, --set, --duration, --rate, "
                        + "--bootstrap-server, --repetitions, --retries, --label and --tag go with a "
                        + "profile")
            }
        } else if force, differences.against.isEmpty {
            throw ValidationError(
                "--force is for folders of results; \(arguments.first ?? "--resume") is not one")
        } else if resume == nil {
            // Of several, one that is missing is a mistyped folder, which `run` says.
            guard arguments.count == 1 || !arguments.allSatisfy(NamedInput.exists) else {
                throw ValidationError(
                    "name one profile to run, or folders of results, or continue a comparison "
                        + "by --resume latest")
            }
        } else {
            guard arguments.count <= 1 else {
                throw ValidationError("--resume takes at most one profile")
            }
            guard changes.isEmpty, retries == nil, !labels.isGiven, !differences.areGiven else {
                throw ValidationError(
                    "a resumed comparison follows its plan: --vary, --set, --threshold, --duration, "
                        + "--rate, --retries, --label, --tag, --against and --fail-if cannot change "
                        + "it; start a new one with them")
            }
        }
    }

    func run() throws {
        if arguments.count > 1 { try NamedInput.require(arguments, .profileOrResults) }
        try NamedInput.require(differences.against, .results)
        if let resume, resume != "latest" { try NamedInput.require([resume], .comparison) }
        if resume == nil, FinishedResults.areMeant(by: arguments) {
            throw try FinishedResults(
                paths: arguments, against: differences.against, limits: differences.limits,
                thresholds: thresholds, baseline: baseline, isForced: force, out: out,
                output: output
            ).run()
        }
        throw try ExitStatus.explaining {
            if let resume {
                // Its runs find the file by the environment.
                _ = try cluster.commandConfig.read(isTold: false)
                let (folder, lock) = try reopen(resume)
                return try compare(folder, lock)
            }
            let folder = try create()
            return try compare(folder, ComparisonLock(folder))
        }
    }

    private func compare(
        _ folder: ComparisonFolder, _ lock: ComparisonLock
    ) throws -> ExitCode {
        let runner = try ComparisonRunner(
            folder: folder, lock: lock,
            display: ComparisonDisplay(isQuiet: quiet || json, terminal: terminal),
            beforeEachRun: { [quietWait] in quietWait.wait(for: folder.path) })
        try runner.run()
        let status = try ComparisonFinish(
            folder: folder, baseline: baseline, output: output
        ).finish(out: out)
        return ExitStatus.graver(runner.statusInTheEnd, status)
    }

    private var output: ComparisonOutput {
        ComparisonOutput(
            printsJSON: json, isQuiet: quiet || json, summary: summary, terminal: terminal,
            page: page)
    }

    // MARK: The folder

    private func reopen(_ name: String) throws -> (ComparisonFolder, ComparisonLock) {
        let path =
            name == "latest"
            ? try ComparisonSearch(out: out).newest(of: arguments.first.map(Self.profileName))
            : name
        let lock = try ComparisonLock(ComparisonFolder(resuming: path))
        // The plan is read under the lock, since another process may extend it.
        var folder = try ComparisonFolder(resuming: path)
        if let baseline, !folder.plan.variants.contains(where: { $0.name == baseline }) {
            let names = folder.plan.variants.map(\.name).joined(separator: ", ")
            throw ValidationError("there is no variant '\(baseline)'; there are \(names)")
        }
        if let repetitions { try folder.extend(toRepetitions: repetitions) }
        return (folder, lock)
    }

    /// The name under which the results of a profile are filed; the file need not exist any more.
    static func profileName(_ path: String) -> String {
        let profile = try? Profile(contentsOf: path, checksVariants: false)
        return profile?.name ?? Profile.name(ofFile: path)
    }

    private func create() throws -> ComparisonFolder {
        if !quiet, !json { LeftoversNote.write(for: out) }
        let settings = SweptProfile.Settings(
            source: .file(arguments[0]), vary: vary.map { OptionText($0) },
            overrides: EnvironmentOptions.ofProcess
                + (try cluster.overrides(besides: overrides + vary))
                + overrides.map { OptionText($0) }
                + OptionText.setting("duration", duration, option: "--duration")
                + OptionText.setting("producers.rate", rate, option: "--rate"),
            thresholds: thresholds.map { OptionText($0) },
            comparison: OptionText.setting("baseline", baseline, option: "--baseline")
                + OptionText.setting(
                    "repetitions", repetitions.map { "\($0)" }, option: "--repetitions"))
        let swept = try SweptProfile(settings)
        let records = labels.isGiven || !vary.isEmpty
        guard swept.variants.count > 1 || differences.areGiven || records else {
            throw ValidationError(
                """
                \(arguments[0]) has nothing to compare: no sweep with two variants or more. Say what to vary, \
                or name finished results to compare it with:
                  weir compare \(arguments[0]) --vary compression.type=none,lz4,zstd:1,zstd:3
                  weir compare \(arguments[0]) --against Results/\(swept.profile.name)/latest
                """)
        }
        if !quiet, !json,
            let unfinished = ComparisonSearch(out: out).unfinished(of: swept.profile.name)
        {
            writeToStandardError(
                "note: \(unfinished) is not finished; 'weir compare --resume \(unfinished)' "
                    + "continues it\n")
        }
        if swept.variants.contains(where: { $0.dataDirectory != nil }), !quiet, !json {
            writeToStandardError(
                "note: data.dir is kept: each run continues the log of the run before it\n")
        }
        try BaselineCheck(swept: swept, options: differences, isForced: force).check(out: out)
        return try swept.makeFolder(in: out, labels: labels.labels) { plan in
            if let retries { plan.retries = retries }
            guard differences.areGiven else { return }
            plan.failIf = differences.failIf
            guard !differences.against.isEmpty else { return }
            plan.against = differences.baselinePaths
            plan.isForced = force
        }
    }
}
