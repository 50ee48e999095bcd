import ArgumentParser
import Foundation
import LoadGenerator
import Measurement
import Reporting

struct AdviseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "advise",
        abstract: "Find the compression settings for a sample of your payload.",
        discussion: """
            Takes a file of records, one a line, and runs codecs and levels × batch.size × \
            linger.ms on it at a fixed rate, interleaved as by weir compare. Of the settings that \
            keep the rate and the budget it names those on the Pareto front: no other is shown to \
            compress better at no more CPU of the codec, or to cost less CPU at no worse a ratio. With \
            --cpu it advises the best ratio within that. Where 95 % intervals overlap it says that \
            there is no clear winner. A limit that does not hold without compression either is one of \
            the machine or of the rate; it excludes nothing, and the exit status is 99.

              weir advise app.log --rate 50k/s --latency 'e2e_latency_p99 < 20ms'
              weir advise app.log --rate 50k/s --set topics.partitions=12 --set producers.count=4
              weir advise orders.ndjson --cpu 25 --quick

            It takes about 20 minutes, with --quick about 2. Give the rate that you expect, since \
            it decides how full batches get. Given the folder of a finished comparison instead of \
            a sample, it advises on that and runs nothing:

              weir advise Results/compression/latest --cpu 25

            It begins with the codecs alone, on batches of the sample and without an engine; \
            with --codecs this is all, and takes 10 s. Then it also says what producers, \
            consumers, network and disks pay for the settings on the front:

              weir advise app.log --codecs --rate 50k/s --retention 7d --consumers 2

            From the log that one already has, Kafka's or Weir's, it takes a sample of each topic, without \
            a lock and without changing anything, and says what other codecs would save. Topics that \
            would save most come first:

              weir advise --log-dir /var/lib/kafka/data --topic orders --topic clicks

            With --prices it says what each setting costs a month, by topic: at the rate at which its \
            records were written, and with what is kept of them.

            Exit status: that of weir compare; 99 if nothing is shown to fit the budget.
            """)

    @Argument(help: "A file of records, or the folder of a finished comparison.")
    var sample = ""

    @Option(help: "The total rate of all records; by default 20k/s.")
    var rate: String?

    @Option(
        name: .customLong("latency"),
        help: ArgumentHelp(
            "A limit on latency or on any other figure; may be repeated.",
            valueName: "metric < limit"))
    var limits: [String] = []

    @Option(
        name: .customLong("cpu"),
        help: ArgumentHelp(
            "A limit on CPU seconds per logical GB, of generator and log together.",
            valueName: "s/GB"))
    var cpu: Double?

    @Flag(help: "Fewer settings, shorter runs and three repetitions: a first look.")
    var quick = false

    @Option(
        help: ArgumentHelp(
            "How the file is cut into records: payload.format of a profile; by default lines.",
            discussion: """
                lines, ndjson, paragraphs, slices, length-u32-be, length-u32-le, length-varint, files (of a \
                directory), segments (of Kafka). gzip and zstd are unpacked; - is standard input.
                """))
    var format: String?

    @Option(
        help: "Length of each run's measured part; by default 5s, and 3s with --quick.")
    var duration: String?

    @Option(help: "How often each setting is run; by default 5, and 3 with --quick.")
    var repetitions: Int?

    @Option(
        name: .customLong("vary"),
        help: ArgumentHelp(
            "Settings to try instead; several make a product.",
            valueName: "key=a,b,…"))
    var vary: [String] = []

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Any other setting of the load: topics.partitions, producers.count, keys.kind, acks …",
            valueName: "key=value"))
    var overrides: [String] = []

    @Option(help: "The directory that results go to; by default WEIR_OUT, or Results.")
    var out = ResultsDirectories.standard

    @Flag(help: "Print the rows of advice.csv, or with --codecs of codecs.csv, as JSON.")
    var json = false

    @Flag(help: "No progress lines.")
    var quiet = false

    @OptionGroup(title: "A stored log")
    var logOptions: LogOptions

    @OptionGroup(title: "Codecs alone")
    var codecOptions: CodecOptions

    @OptionGroup
    var terminal: TerminalOptions

    @OptionGroup
    var page: ResultsPageOptions

    @OptionGroup
    var labels: LabelOptions

    func validate() throws {
        if let repetitions, !(2...1000).contains(repetitions) {
            throw ValidationError(
                "--repetitions is between 2 and 1000: a single run has no interval")
        }
        if let cpu, !(cpu > 0 && cpu.isFinite) {
            throw ValidationError("--cpu is a positive number of seconds for a GB")
        }
        try logOptions.validate(hasSample: !sample.isEmpty, others: notOfLog)
        guard logOptions.logDir == nil else { return }
        let isRun =
            quick || repetitions != nil || duration != nil || !vary.isEmpty || labels.isGiven
        let isOfSample =
            isRun || codecOptions.areOfSample || rate != nil || format != nil || !overrides.isEmpty
        guard !isFinished || !isOfSample else {
            throw ValidationError(
                "\(sample) is finished: --rate, --format, --set, --quick, --duration, --repetitions, "
                    + "--vary, --label and --tag go with a sample, as do --codecs and its options")
        }
        guard sample != "-" || codecOptions.codecs else {
            throw ValidationError(
                "standard input can be read only once, not by each run: use --codecs, or write it to a file"
            )
        }
        guard !codecOptions.codecs || !(isRun || cpu != nil || !limits.isEmpty) else {
            throw ValidationError(
                "--codecs runs no load: --latency, --cpu, --quick, --duration, --repetitions, "
                    + "--vary, --label and --tag go without it")
        }
    }

    /// The options that were given and mean nothing for a stored log.
    private var notOfLog: [String] {
        let given = [
            ("--rate", rate != nil), ("--latency", !limits.isEmpty), ("--cpu", cpu != nil),
            ("--format", format != nil), ("--duration", duration != nil),
            ("--repetitions", repetitions != nil), ("--vary", !vary.isEmpty),
            ("--set", !overrides.isEmpty), ("--label", labels.label != nil),
            ("--tag", !labels.tags.isEmpty),
        ]
        return given.filter(\.1).map(\.0) + codecOptions.notOfLog
    }

    /// Whether the sample is a folder of results, so that nothing is run.
    var isFinished: Bool {
        var isDirectory: ObjCBool = false
        let exists = unsafe FileManager.default.fileExists(
            atPath: sample, isDirectory: &isDirectory)
        // A directory of records is a sample.
        return exists && isDirectory.boolValue && !["files", "segments"].contains(format)
    }

    func run() throws {
        if !sample.isEmpty, sample != "-" { try NamedInput.require([sample], .records) }
        if let prices = codecOptions.prices { try NamedInput.require([prices], .prices) }
        if let directory = logOptions.logDir {
            try NamedInput.require([directory], .logDirectory)
        }
        throw try ExitStatus.explaining {
            if let directory = logOptions.logDir { return try adviseOnLog(directory) }
            let budget = try AdviceBudget(limits: limits, cpu: cpu)
            guard !isFinished else {
                let results = try SavedResults(path: sample, tables: [.summary])
                let comparison = try Comparison(summaries: [results.summary].compactMap(\.self))
                let (rows, status) = try advise(
                    on: comparison, results, offered: Self.offeredRate(of: results), budget)
                do {
                    try AdviceRow.write(rows, in: results.path)
                    try DataPackage.write(in: results.path)
                    page.write(in: results.path, isQuiet: quiet || json)
                } catch {
                    // A user who may only read the results gets the advice, too.
                    printError("note: the advice was not written: \(error)")
                }
                return status
            }
            return codecOptions.codecs ? try adviseOnCodecs() : try runAndAdvise(budget)
        }
    }
}
