import ArgumentParser

/// The options of `weir advise` about a log that is already there.
struct LogOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A log directory of Kafka or Weir, in place of a sample.", valueName: "directory"),
        completion: .directory)
    var logDir: String?

    @Option(
        name: .customLong("topic"),
        help: ArgumentHelp("A topic of it; may be repeated. By default all.", valueName: "name"))
    var topics: [String] = []

    @Flag(help: "Decode every batch, to count what it is stored with and what is damaged.")
    var all = false

    /// - Parameter others: whether options were given that go with a sample.
    func validate(hasSample: Bool, others: Bool) throws {
        guard logDir != nil else {
            guard topics.isEmpty, !all else {
                throw ValidationError("--topic and --all go with --log-dir")
            }
            guard hasSample else {
                throw ValidationError(
                    "name a file of records, the folder of a finished comparison, or --log-dir")
            }
            return
        }
        guard !hasSample, !others else {
            throw ValidationError(
                "--log-dir runs no load and takes the batches that there are: of the other options only "
                    + "--topic, --all, --budget, --quick, --quiet, --json and --out go with it")
        }
    }
}
