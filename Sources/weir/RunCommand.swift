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
            a run cleanly: what was sent is drained, audited and reported; a second one ends it at \
            once.

              weir run Profiles/orders.yaml
              weir run Profiles/orders.yaml --rate 50k/s --duration 30s
              weir run Profiles/orders.yaml --set payload.kind=corpus --set payload.file=app.log
              weir run Profiles/durability.yaml --set producers.count=64 --json
            """)

    @Argument(help: "Profile files.", completion: .file(extensions: ["yaml", "yml"]))
    var profiles: [String]

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Override a setting: its path, or the end of it where that names just one.",
            valueName: "key=value"))
    var overrides: [String] = []

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

    func run() throws {
        let profiles = try self.profiles.map(load)
        var worst = ExitCode.success
        for profile in profiles {
            let status = try run(profile)
            if status.rawValue > worst.rawValue { worst = status }
            if Interrupts.wasInterrupted { break }
        }
        throw worst
    }

    /// Reads all profiles before the first one runs: a typing error in the last costs no time.
    private func load(_ path: String) throws -> Profile {
        var overrides = self.overrides
        if let duration { overrides.append("duration=\(duration)") }
        if let rate { overrides.append("producers.rate=\(rate)") }
        do {
            return try Profile(contentsOf: path, overrides: overrides)
        } catch {
            printError("\(error)")
            throw ExitStatus.badProfile
        }
    }

    private func run(_ profile: Profile) throws -> ExitCode {
        do {
            let results = try RunRecording(
                profile: profile, out: out, showsProgress: !quiet && !json)
            defer { results.removeTemporaryData() }
            let pool = try results.prepare("payload") {
                try PayloadPool.prepare(for: profile)
            }
            var limits = try results.measureLimits(pool)
            let target = try makeTarget(profile, dataDirectory: results.dataDirectory)
            let load = LoadRun(profile: profile, target: target, pool: pool)
            let result = try Interrupts.handled(by: load.requestStop) {
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
                json ? JSON.object(summary) + "\n" : results.report(summary, notes: result.notes),
                terminator: "")
            try results.check()
            let status = ExitStatus.of(result)
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
            throw ExitStatus.targetUnavailable
        } catch let error as LoadRunError {
            printError("\(error)")
            throw ExitStatus.targetUnavailable
        }
    }

    private func makeTarget(
        _ profile: Profile, dataDirectory: String
    ) throws -> any LoadTarget {
        switch profile.target {
        case .embedded:
            try EmbeddedTarget(
                path: dataDirectory, topics: profile.topics,
                isTemporary: profile.dataDirectory == nil)
        case .discard:
            DiscardTarget(topics: profile.topics)
        }
    }
}
