import ArgumentParser
import Measurement
import Reporting

struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Merge the results of generators that ran at the same time.",
        discussion: """
            Histograms are added without loss, and percentiles taken from the sum; rates, counts, \
            audits and CPU time are summed; lag, hiccups and durations are the largest; the \
            verdict is the worst. A broker, or a group of producers, of several generators becomes one \
            row, without percentiles, of which there are no histograms. The new results folder has the same files as any other. \
            Generators should differ only in their seed: other profiles, or runs one after the \
            other, are refused without --force.

              weir merge machine-a/orders/latest machine-b/orders/latest --out Results
            """)

    @Argument(help: "The results folders, one for each generator.", completion: .directory)
    var results: [String]

    @Option(help: "The directory that the results folder goes to.")
    var out = ResultsDirectories.standard

    @Flag(help: "Merge even results that do not seem to be one run.")
    var force = false

    func validate() throws {
        guard results.count > 1 else {
            throw ValidationError("name the results folders of two generators at least")
        }
    }

    func run() throws {
        try NamedInput.require(results, .results)
        do {
            let joint = try JointRun(paths: results)
            for objection in joint.objections { printError(objection) }
            guard joint.objections.isEmpty || force else {
                printError("these are not one run; --force merges them anyway")
                throw ExitStatus.badInput
            }
            let folder = try joint.write(in: out, nowUnixNanos: WallClock.now())
            let (verdict, reasons) = joint.verdict
            try printOut("\(verdict.rawValue): \(joint.names.count) generators as one")
            for reason in reasons { try printOut("  - \(reason)") }
            try printOut("Results in \(folder.path)")
        } catch let error as ReportingError {
            printError("\(error)")
            throw ExitStatus.of(error)
        }
    }
}
