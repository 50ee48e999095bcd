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

    /// - Parameter others: the options that were given and mean nothing for a stored log.
    func validate(hasSample: Bool, others: [String]) throws {
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
        let refused = (hasSample ? ["a sample"] : []) + others
        guard refused.isEmpty else {
            throw ValidationError(
                "--log-dir takes the batches that there are, and runs no load: "
                    + "\(refused.joined(separator: ", ")) "
                    + "\(refused.count == 1 ? "does" : "do") not go with it; --topic, --all, --budget, --quick, "
                    + "--prices with --replication and --consumers, --quiet, --json and --out do")
        }
    }
}
