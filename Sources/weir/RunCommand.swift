import ArgumentParser
import Foundation
import LoadGenerator
import Measurement
import Reporting

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run benchmark profiles and write their results.",
        discussion: """
            Each profile is run against its target, by default the log engine in this process. \
            Results go as CSV to a new folder, Results/<profile>/<UTC time>/. Ctrl-C ends a run: \
            what was sent is drained, audited and reported. During the drain it ends the drain: \
            what was read is audited and reported. Another Ctrl-C ends the program at once. \
            SIGTERM and SIGHUP do the same. An interrupted run is SUSPECT, and the exit status is \
            130. A rate that is too high for the machine does not prolong a run: records that are \
            not sent within send.grace (5 s) after its duration are never sent, and are counted.

            If a profile has a sweep, weir run runs only its own settings, and weir compare its \
            variants. If a threshold fails, of the profile or of --threshold, a table shows which \
            and by how much, and the exit status is 99. With --retries a run that the machine \
            disturbed (SUSPECT) is made again; each attempt has a folder, and the last one's \
            summary.csv says how many attempts there were.

            WEIR_SET_LINGER_MS=5ms in the environment is --set linger.ms=5ms, for weir run, compare and \
            advise; options override it. WEIR_OUT is the directory that results go to, without --out.

              weir run Profiles/orders.yaml
              weir run Profiles/orders.yaml --rate 50k/s --duration 30s
              weir run Profiles/orders.yaml --set payload.kind=corpus --set payload.file=app.log
              weir run Profiles/orders.yaml --bootstrap-server kafka-1:9092
              weir run Profiles/orders.yaml --set target=broker
              weir run Profiles/durability.yaml --set producers.count=64 --json
              weir run Profiles/orders.yaml --find-max-rate --bound 'e2e_latency_p99 < 10ms'
              weir run Profiles/latency.yaml --threshold 'e2e_latency_p99 < 10ms'
              weir run Profiles/orders.yaml --threshold '{that: lag_records_max < 10000, abort: true}'
            """)

    @Argument(help: "Profile files.", completion: .file(extensions: ["yaml", "yml"]))
    var profiles: [String] = []

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Override a setting, named by its path or by an unambiguous end of it.",
            valueName: "key=value"))
    var overrides: [String] = []

    @Option(
        name: .customLong("threshold"),
        help: ArgumentHelp(
            "A condition for the run, besides the profile's; the exit status is 99 if one fails.",
            valueName: "metric < limit"))
    var thresholds: [String] = []

    @Option(help: "Length of the measured part, as duration=… (10s, 5m).")
    var duration: String?

    @Option(help: "Total rate of all producers, as producers.rate=… (50k/s, max).")
    var rate: String?

    @Option(help: "How often a run that the machine disturbed is made again; by default never.")
    var retries: Int?

    @OptionGroup
    var cluster: ClusterOptions

    @Flag(help: "Keep the topics that the run creates in a cluster.")
    var keepTopics = false

    @Option(help: "The directory that results go to; by default WEIR_OUT, or Results.")
    var out = ResultsDirectories.standard

    @Flag(help: "No progress lines.")
    var quiet = false

    @Flag(
        help: """
            Print one JSON object for each profile instead of the summary; of several profiles, and of \
            --find-max-rate, each in a line.
            """)
    var json = false

    @OptionGroup
    var summary: SummaryOptions

    @OptionGroup
    var terminal: TerminalOptions

    @OptionGroup
    var page: ResultsPageOptions

    @OptionGroup
    var quietWait: QuietWaitOptions

    @OptionGroup
    var labels: LabelOptions

    @OptionGroup
    var maxRate: FindMaxRateOptions

    @OptionGroup(visibility: .hidden)
    var child: ChildRunOptions

    func run() throws {
        if child.into != nil { Lifeline.holdOn() } else { tellOfLeftovers() }
        if maxRate.findMaxRate { throw try findMaxRates() }
        let overrides = try allOverrides()
        let profiles = try self.profiles.map { try load($0, overrides) }
        var worst = ExitCode.success
        var summaries: [ResultsSummary] = []
        do {
            for profile in profiles {
                let status = try makeUntilUndisturbed(profile, &summaries)
                worst = ExitStatus.graver(worst, status)
                if Interrupts.wasInterrupted { break }
            }
        } catch {
            // The runs before the one that failed are done.
            _ = summary.write(summaries)
            throw error
        }
        worst = ExitStatus.graver(worst, summary.write(summaries))
        throw Interrupts.wasInterrupted ? ExitStatus.graver(worst, ExitStatus.interrupted) : worst
    }

    /// Makes a run, and makes it again while the machine disturbs it and --retries allows.
    private func makeUntilUndisturbed(
        _ profile: Profile, _ summaries: inout [ResultsSummary]
    ) throws -> ExitCode {
        var attempt = RunAttempt(retries: retries)
        while true {
            quietWait.wait(for: out)
            if let status = try run(profile, attempt, &summaries) { return status }
            attempt.number += 1
        }
    }

    private func tellOfLeftovers() {
        if !quiet, !json { LeftoversNote.write(for: out) }
    }

    func validate() throws {
        try summary.validate(besidesJSON: json)
        if maxRate.findMaxRate, !summary.targets.isEmpty {
            throw ValidationError(
                "--summary goes with single runs and weir compare, not --find-max-rate")
        }
        if let retries {
            guard (0...100).contains(retries) else {
                throw ValidationError("--retries is between 0 and 100")
            }
            guard !maxRate.findMaxRate else {
                throw ValidationError(
                    "--retries goes with single runs; --find-max-rate repeats runs by itself")
            }
        }
        guard maxRate.resume != nil else {
            guard !profiles.isEmpty else { throw ValidationError("name a profile to run") }
            return
        }
        guard profiles.count <= 1 else {
            throw ValidationError("--resume takes at most one profile")
        }
        guard overrides.isEmpty, duration == nil, rate == nil, cluster.bootstrapServer == nil,
            thresholds.isEmpty, !labels.isGiven
        else {
            throw ValidationError(
                "a resumed search follows its plan: --set, --threshold, --duration, --rate, "
                    + "--bootstrap-server, --label and --tag cannot change it; start a new one with them"
            )
        }
    }

    private func findMaxRates() throws -> ExitCode {
        let search = try MaxRateSearch(
            options: maxRate, overrides: allOverrides(),
            thresholds: thresholds.map { OptionText($0) },
            labels: labels.labels, out: out, isQuiet: quiet, printsJSON: json, terminal: terminal,
            page: page,
            quietWait: quietWait)
        if let resumed = maxRate.resume {
            if resumed != "latest" { try NamedInput.require([resumed], .comparison) }
            return try ExitStatus.explaining { try search.resume(resumed, of: profiles.first) }
        }
        var worst = ExitCode.success
        for path in profiles {
            let status = try ExitStatus.explaining { try search.start(path) }
            worst = ExitStatus.graver(worst, status)
            if Interrupts.wasInterrupted { break }
        }
        return worst
    }

    private func allOverrides() throws -> [OptionText] {
        // A run of a comparison has its settings from there.
        try
            (child.into == nil
            ? EnvironmentOptions.ofProcess + cluster.overrides(besides: overrides)
            : cluster.secrets()) + overrides.map { OptionText($0) }
            + OptionText.setting("duration", duration, option: "--duration")
            + OptionText.setting("producers.rate", rate, option: "--rate")
    }

    /// Reads a profile. All are read before the first run, so that errors are found at once.
    private func load(_ path: String, _ overrides: [OptionText]) throws -> Profile {
        do throws(ProfileErrors) {
            var profile = try Profile(
                contentsOf: path, overrides: overrides,
                thresholds: thresholds.map { OptionText($0) }, checksVariants: false)
            if let sweep = profile.sweep, !quiet, !json { sayThatOneVariantRuns(path, sweep) }
            if let name = child.profileName { profile.name = name }
            return profile.withoutSweep
        } catch {
            printError("\(error)")
            throw ExitStatus.of(error)
        }
    }

    private func sayThatOneVariantRuns(_ path: String, _ sweep: Sweep) {
        printError(
            "\(path) has a sweep of \(sweep.variants.count) variants; weir run runs its own settings "
                + "alone, and 'weir compare \(path)' compares the variants")
    }

    /// Nil if the run is to be made again.
    private func run(
        _ profile: Profile, _ attempt: RunAttempt, _ summaries: inout [ResultsSummary]
    ) throws -> ExitCode? {
        do {
            let results = try RunRecording(
                profile: profile, out: out, child: child, labels: labels.labels,
                showsProgress: !quiet && !json, terminal: terminal)
            let ending = results.ending
            return try Interrupts.handled(by: ending.interrupt, abandoning: ending.abandon) {
                defer { ending.removeScratch() }
                return try run(profile, attempt, results, &summaries)
            }
        } catch let error as ReportingError {
            printError("\(error)")
            throw ExitStatus.inputOutput
        } catch let error as RooflineError {
            printError("\(error)")
            throw ExitStatus.inputOutput
        } catch let error as PayloadError {
            printError("\(error)")
            throw ExitStatus.of(error)
        } catch let error as TargetError {
            printError("\(error)")
            throw ExitStatus.of(error)
        } catch let error as LoadRunError {
            printError("\(error)")
            throw error.isNoSpace ? ExitStatus.inputOutput : ExitStatus.targetUnavailable
        }
    }

    /// Runs, and writes the results before it prints them; nil if the run is to be made again.
    private func run(
        _ profile: Profile, _ attempt: RunAttempt, _ results: RunRecording,
        _ summaries: inout [ResultsSummary]
    ) throws -> ExitCode? {
        // First, so that the faults of a target are told at once: a payload takes seconds.
        let target = try makeTarget(profile, results)
        let pools: [PayloadPool]
        var limits: RunLimits?
        let result: RunResult
        do {
            pools = try results.prepare("payload") {
                try profile.loads.map { try PayloadPool.prepare(for: $0.profile) }
            }
            limits = try results.measureLimits(pools[0])
            let load = LoadRun(
                profile: profile, target: target, pools: pools, directory: results.path)
            results.ending.begin(load)
            result = try load.run(results.record)
        } catch {
            try? target.close()
            throw error
        }
        let breakdown = target.breakdown
        results.ending.conclude()
        // The log is removed first: if it filled the disk, that makes room for the results.
        let closing = Result { try target.close() }
        results.ending.removeScratch()
        do {
            if !Interrupts.wasInterrupted, let later = try results.measureLimits(pools[0]) {
                limits?.add(later)
            }
        } catch {
            // The limits measured before the run are kept.
            printError("the machine's limits were not measured again: \(error)")
        }
        let summary = results.finish(
            result, pool: pools.count == 1 ? pools[0] : nil,
            shares: limits?.shares(of: result, threads: profile.producers.threads))
        // What could not be written cannot be judged: `check` tells.
        if case .success = closing, (try? attempt.isMadeAgain(results.path)) == true { return nil }
        let shown = Result { try show(summary, results, notes: result.notes) }
        try results.check()
        if !self.summary.targets.isEmpty { summaries.append(results.brief(summary)) }
        try attempt.note(in: results.path)
        // The runs of a comparison have no pages of their own.
        if child.into == nil { page.write(in: results.path, isQuiet: quiet || json) }
        var status = ExitStatus.of(result, failedThresholds: summary.thresholds.failed ?? 0)
        // The results are complete, so other errors are only printed.
        if case .failure(let error) = closing {
            printError("the target was not closed cleanly: \(error)")
            status = ExitStatus.graver(status, ExitStatus.inputOutput)
        }
        if let breakdown {
            printError("\(breakdown)")
            status = ExitStatus.targetUnavailable
        }
        return ExitStatus.graver(status, ExitStatus.of(shown))
    }

    private func show(
        _ row: SummaryRow, _ results: RunRecording, notes: [String]
    ) throws(StandardOutput.Failure) {
        if json {
            let object = results.json(row)
            // Several are a stream, with a line for each as soon as it is known.
            try printNow(profiles.count > 1 ? JSON.line(object) : object)
        } else if !summary.isOnOutput {
            try printNow(terminal.painted(results.report(row, notes: notes)), terminator: "")
        }
    }

    private func makeTarget(
        _ profile: Profile, _ results: RunRecording
    ) throws -> any LoadTarget {
        switch profile.target {
        case .embedded:
            let target = try EmbeddedTarget(
                path: results.dataDirectory, topics: profile.producedTopics,
                isTemporary: profile.dataDirectory == nil)
            for complaint in target.recoveryComplaints { printError(complaint) }
            return target
        case .broker:
            let server = try BrokerProcess(dataDirectory: results.dataDirectory)
            results.ending.whenAbandoned { server.kill() }
            // The topics end with the log, if that is temporary.
            let created = CreatedTopics(
                directory: results.path, keeps: keepTopics || profile.dataDirectory == nil)
            return try KafkaTarget(profile: profile, created: created, server: server)
        case .kafka:
            let created = CreatedTopics(directory: results.path, keeps: keepTopics)
            results.ending.whenAbandoned {
                do { try created.delete() } catch { printError("\(error)") }
            }
            return try KafkaTarget(profile: profile, created: created)
        case .discard:
            return DiscardTarget(topics: profile.producedTopics)
        }
    }
}
