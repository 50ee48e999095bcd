import ArgumentParser

/// What a comparison tells the process of one of its runs. Each run has a process of its own, so
/// that its memory, its CPU time and its crash are its own; users never type these.
struct ChildRunOptions: ParsableArguments {
    @Option(help: "The folder of this run, which must not exist yet.")
    var into: String?

    @Option(help: "The name of the variant.")
    var variant = "default"

    @Option(help: "The number of the repetition, from 1.")
    var repetition = 1

    @Option(name: .customLong("run-id"), help: "What summary.csv calls the run.")
    var runID = "run"

    @Option(help: "What summary.csv calls the profile, in place of the file's name.")
    var profileName: String?
}
