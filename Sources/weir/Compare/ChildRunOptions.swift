import ArgumentParser

/// The hidden options that a comparison gives to the process of a run. Each run has its own
/// process, so that its memory, CPU time and crashes do not affect the others.
struct ChildRunOptions: ParsableArguments {
    @Option(help: "The folder of this run, which must not exist yet.")
    var into: String?

    @Option(help: "The name of the variant.")
    var variant = "default"

    @Option(help: "The number of the repetition, from 1.")
    var repetition = 1

    @Option(name: .customLong("run-id"), help: "The run's id in summary.csv.")
    var runID = "run"

    @Option(help: "The profile's name in summary.csv, in place of the file's name.")
    var profileName: String?
}
