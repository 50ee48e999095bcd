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
            Results go to a folder of their own, Results/<profile>/<UTC time>/, as CSV. Ctrl-C ends \
            a run cleanly: what was sent is drained, audited and reported. In the drain it ends \
            that: what was read is audited and reported. One more ends the program at once.

            A profile that has a sweep is run with its own settings, unswept: weir compare runs the \
            variants. Where a threshold fails, of the profile or of --threshold, a table says which and \
            by how much, and the exit status is 99.

              weir run Profiles/orders.yaml
              weir run Profiles/orders.yaml --rate 50k/s --duration 30s
              weir run Profiles/orders.yaml --set payload.kind=corpus --set payload.file=app.log
              weir run Profiles/durability.yaml --set producers.count=64 --json
              weir run Profiles/orders.yaml --find-max-rate --bound 'e2e_latency_p99 < 10ms'
              weir run Profiles/latency.yaml --threshold 'e2e_latency_p99 < 10ms'
              weir run Profiles/orders.yaml --threshold '{that: lag_records_max < 10000, abort: true}'
            """)

    @Argument(help: "Profile files.", completion: .file(extensions: ["yaml", "yml"]))
    var profiles: [String]

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Override a setting: its path, or the end of it where that names just one.",
            valueName: "key=value"))
    var overrides: [String] = []

    @Option(
        name: .customLong("threshold"),
        help: ArgumentHelp(
            "Something that the run must keep to, or the exit status is 99; beside what the profile "
                + "says.", valueName: "metric < limit"))
    var thresholds: [String] = []

    @Option(help: "How long the counted part lasts, as duration=… (10s, 5m).")
    var duration: String?

    @Option(help: "The rate of all producers together, as producers.rate=… (50k/s, max).")
    var rate: String?

    @Option(help: "The directory that results go to.")
    var out = "Results"

    @Flag(help: "No progress lines.")
    var quiet = false

    @Flag(help: "Print one JSON object a profile in place of the summary.")
    var json = false

    @OptionGroup
    var page: ResultsPageOptions

    @OptionGroup
    var quietWait: QuietWaitOptions

    @OptionGroup
    var maxRate: FindMaxRateOptions

    @OptionGroup(visibility: .hidden)
    var child: ChildRunOptions

    func run() throws {
        if child.into != nil { Lifeline.holdOn() }
        if maxRate.findMaxRate { throw try findMaxRates() }
        let profiles = try self.profiles.map(load)
        var worst = ExitCode.success
        for profile in profiles {
            quietWait.wait(for: out)
            let status = try run(profile)
            worst = ExitStatus.graver(worst, status)
            if Interrupts.wasInterrupted { break }
        }
        throw worst
    }

    private func findMaxRates() throws -> ExitCode {
        var worst = ExitCode.success
        for path in profiles {
            let status = try ExitStatus.explaining {
                try maxRate.find(
                    path, overrides: allOverrides, thresholds: thresholds, out: out, quiet: quiet,
                    json: json, page: page)
            }
            worst = ExitStatus.graver(worst, status)
            if Interrupts.wasInterrupted { break }
        }
        return worst
    }

    private var allOverrides: [String] {
        overrides + (duration.map { ["duration=\($0)"] } ?? [])
            + (rate.map { ["producers.rate=\($0)"] } ?? [])
    }

    /// Reads all profiles before the first one runs: a typing error in the last costs no time.
    private func load(_ path: String) throws -> Profile {
        do {
            var profile = try Profile(
                contentsOf: path, overrides: allOverrides, thresholds: thresholds,
                checksVariants: false)
            if let sweep = profile.sweep, !quiet, !json { sayThatOneVariantRuns(path, sweep) }
            if let name = child.profileName { profile.name = name }
            return profile.withoutSweep
        } catch {
            printError("\(error)")
            throw ExitStatus.badProfile
        }
    }

    private func sayThatOneVariantRuns(_ path: String, _ sweep: Sweep) {
        printError(
            "\(path) has a sweep of \(sweep.variants.count) variants; this runs its own settings "
                + "alone, and 'weir compare \(path)' compares the variants")
    }

    private func run(_ profile: Profile) throws -> ExitCode {
        do {
            let results = try RunRecording(
                profile: profile, out: out, child: child, showsProgress: !quiet && !json)
            defer { results.removeTemporaryData() }
            let pool = try results.prepare("payload") {
                try PayloadPool.prepare(for: profile)
            }
            var limits = try results.measureLimits(pool)
            let target = try makeTarget(profile, dataDirectory: results.dataDirectory)
            let load = LoadRun(
                profile: profile, target: target, pool: pool, directory: results.path)
            let stop = { @Sendable in load.requestStop().announcement }
            let result = try Interrupts.handled(by: stop) {
                try load.run(results.record)
            }
            // The log goes first: where it has filled the disk, that makes room for the results.
            let closing = Result { try target.close() }
            results.removeTemporaryData()
            do {
                if !Interrupts.wasInterrupted, let later = try results.measureLimits(pool) {
                    limits?.add(later)
                }
            } catch {
                // The limits from before the run stand.
                printError("the machine's limits were not measured again: \(error)")
            }
            let summary = results.finish(
                result, pool: pool,
                shares: limits?.shares(of: result, threads: profile.producers.threads))
            print(
                json ? results.json(summary) : results.report(summary, notes: result.notes),
                terminator: "")
            try results.check()
            // A run of a comparison is shown on the comparison's page.
            if child.into == nil { page.write(in: results.path) }
            let status = ExitStatus.of(
                result, failedThresholds: summary.thresholds.failed ?? 0)
            guard case .failure(let error) = closing else { return status }
            // The run is judged; that its log could not be saved is news beside it.
            printError("the log was not closed cleanly: \(error)")
            return status == .success ? ExitStatus.inputOutput : status
        } catch let error as ReportingError {
            printError("\(error)")
            throw ExitStatus.inputOutput
        } catch let error as RooflineError {
            printError("\(error)")
            throw ExitStatus.inputOutput
        } catch let error as PayloadError {
            printError("\(error)")
            throw ExitStatus.badProfile
        } catch let error as TargetError {
            printError("\(error)")
            if case .noSpace = error { throw ExitStatus.inputOutput }
            throw ExitStatus.targetUnavailable
        } catch let error as LoadRunError {
            printError("\(error)")
            throw error.isNoSpace ? ExitStatus.inputOutput : ExitStatus.targetUnavailable
        }
    }

    private func makeTarget(
        _ profile: Profile, dataDirectory: String
    ) throws -> any LoadTarget {
        switch profile.target {
        case .embedded:
            let target = try EmbeddedTarget(
                path: dataDirectory, topics: profile.topics,
                isTemporary: profile.dataDirectory == nil)
            for complaint in target.recoveryComplaints { printError(complaint) }
            return target
        case .discard:
            return DiscardTarget(topics: profile.topics)
        }
    }
}

extension LoadRun.Stopped {
    /// What whoever pressed Ctrl-C is told; nil where nothing is left to end.
    fileprivate var announcement: String? {
        switch self {
        case .sending: "ending the run"
        case .drain: "cutting the drain short; what was read so far is reported"
        case .nothingMore: nil
        }
    }
}
