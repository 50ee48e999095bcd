import CommitLog
import Foundation
import LoadGenerator
import Measurement
import Reporting
import Synchronization

/// `weir advise --log-dir`: what the topics of a log directory are stored with, and what they would
/// take with other codecs.
struct LogAdvice {
    let directory: String
    /// Those that would save most come first.
    private(set) var topics: [TopicSavings] = []
    /// Topics without a batch that could be measured, with the reason.
    private(set) var unmeasured: [(topic: String, reason: String)] = []
    /// Nil without prices.
    private(set) var costs: TopicCosts?
    /// Whether it ended before its time.
    let wasInterrupted: Bool

    /// Samples and measures one topic after the other, each for its part of the time.
    /// - Parameters:
    ///   - names: of topics; empty for all.
    ///   - readsAll: whether every batch is decoded, beside the sample.
    ///   - options: the prices, and who is to pay.
    init(
        directory: String, topics names: [String], readsAll: Bool, options: CodecOptions,
        time: Duration, isQuiet: Bool
    ) throws {
        let prices = try options.readPrices
        self.directory = directory
        let chosen = try Self.chosen(LogListing(directory: directory), names, directory)
        let budget = time / chosen.count
        let wasAsked = Atomic<Bool>(false)
        (topics, unmeasured) = try Interrupts.handled(
            by: {
                wasAsked.exchange(true, ordering: .relaxed)
                    ? nil : "no topic is measured any more"
            },
            {
                var topics: [TopicSavings] = []
                var unmeasured: [(topic: String, reason: String)] = []
                for topic in chosen where !Interrupts.wasInterrupted {
                    if !isQuiet { writeToStandardError("measuring \(topic.name)\n") }
                    do {
                        topics.append(
                            try Self.measure(topic, budget, readsAll: readsAll, isQuiet: isQuiet))
                    } catch let error as CodecPassError {
                        unmeasured.append((topic.name, "\(error)"))
                    } catch let error as LogError {
                        unmeasured.append((topic.name, "\(error)"))
                    }
                }
                return (TopicReport.sorted(topics), unmeasured)
            })
        wasInterrupted = Interrupts.wasInterrupted
        costs = prices.map { prices in
            TopicCosts(
                topics, at: prices, replication: options.replication ?? 3,
                consumers: options.consumers ?? 1)
        }
    }

    private static func chosen(
        _ listing: LogListing, _ names: [String], _ directory: String
    ) throws(SampleError) -> [LogListing.Topic] {
        guard !listing.topics.isEmpty else {
            throw SampleError(
                description: "\(directory): no log directory; it has no directory such as orders-0 "
                    + "with a .log file that is not empty. Name the log.dirs of a broker")
        }
        for name in names where !listing.topics.contains(where: { $0.name == name }) {
            throw SampleError(
                description: "\(directory): no topic '\(name)'; it has "
                    + listing.topics.map(\.name).joined(separator: ", "))
        }
        return listing.topics.filter { names.isEmpty || names.contains($0.name) }
    }

    private static func measure(
        _ topic: LogListing.Topic, _ budget: Duration, readsAll: Bool, isQuiet: Bool
    ) throws -> TopicSavings {
        var sample = try TopicSample(of: topic)
        if readsAll {
            let progress = ReadingProgress()
            var done = 0
            try sample.countAll { byteCount in
                done += byteCount
                if !isQuiet { progress.show(topic.name, Double(done) / Double(topic.byteCount)) }
                return !Interrupts.wasInterrupted
            }
            progress.clear()
        }
        var settings = CodecPass.Settings()
        settings.budget = budget
        let result = try CodecPass(.stored(sample.batches), settings: settings).run(
            shouldEnd: { Interrupts.wasInterrupted })
        let codecs = result.figures.map { figures in
            var row = CodecRow(figures, runID: "")
            row.topic = topic.name
            return row
        }
        return TopicSavings(
            TopicRow(sample, uncompressed: result.figures.first),
            codecs: CodecRow.markingFront(codecs),
            samplingReach: sample.samplingReach(of: result))
    }

    var text: String {
        let width = TerminalWidth.ofOutput
        var text = TopicReport.text(topics, of: directory, width: width)
        if !unmeasured.isEmpty {
            let all = topics.count + unmeasured.count
            let sentence =
                "\(topics.count) of \(all) topics were measured; the others were not:"
            text += "\n" + sentence + "\n"
            for (topic, reason) in unmeasured {
                text +=
                    SummaryReport.wrapped("- \(topic): \(reason)", indent: 2, width: width)
                    .joined(separator: "\n") + "\n"
            }
        }
        if let costs { text += "\n" + costs.text(width: width) }
        return text
    }

    func json(resultsPath: String) -> String {
        JSON.list(topics.map(\.row), resultsPath: resultsPath)
    }

    /// Makes a folder for the figures, and returns its path.
    func save(in out: String, _ page: ResultsPageOptions, isQuiet: Bool) throws -> String {
        let name = "log-" + Profile.name(ofFile: directory)
        let folder = try ResultsFolder.create(
            in: out, profile: name, startedAtUnixNanos: WallClock.now())
        try folder.writeEnvironment(.ofThisProgram(dataDirectory: folder.path))
        let runID = folder.runID
        try CSVWriter<CodecRow>(in: folder.path).append(
            topics.flatMap(\.codecs).map { codec in
                var row = codec
                row.runID = runID
                return row
            })
        try CSVWriter<TopicRow>(in: folder.path).append(
            topics.map { topic in
                var row = topic.row
                row.runID = runID
                return row
            })
        if let costs {
            try CSVWriter<CostRow>(in: folder.path).append(
                costs.rows.map { cost in
                    var row = cost
                    row.runID = runID
                    return row
                })
        }
        try DataPackage.write(in: folder.path, name: runID)
        page.write(in: folder.path, isQuiet: isQuiet)
        return folder.path
    }
}

extension TopicRow {
    /// - Parameter uncompressed: the figures of `none` on batches as they are stored.
    fileprivate init(_ sample: TopicSample, uncompressed: CodecFigures?) {
        self.init(topic: sample.topic.name)
        let census = sample.census
        partitions = sample.topic.partitionCount
        segments = sample.topic.segments.count
        storedBytes = sample.topic.byteCount
        sampleShare = sample.share
        recordsPerBatch = census.recordsPerBatch
        spanSeconds = sample.topic.timeSpanMillis.map { Double($0) / 1_000 }
        storedWith = census.codecs.map { codec in
            let share = Double(census.byteCounts[codec] ?? 0) / Double(max(census.byteCount, 1))
            return census.codecs.count == 1
                ? codec : "\(codec) (\(String(format: "%.3g", share * 100)) %)"
        }.joined(separator: ", ")
        if let uncompressed {
            storedRatio =
                uncompressed.bytesPerBatch * Double(sample.batches.batchCount)
                / Double(max(sample.batches.storedByteCount, 1))
        }
        controlBatches = census.controlBatchCount
        undecodableBatches = census.faultCount
        faults = census.faults.map { "\($0.place): \($0.reason)" }
    }
}
