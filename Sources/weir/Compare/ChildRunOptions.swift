import ArgumentParser

/// What a comparison tells the process of one of its runs; users never type these. Each run has its
/// own process, so that its memory, CPU time and crashes do not affect the others.
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
