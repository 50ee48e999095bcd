import ArgumentParser
import LoadGenerator
import Measurement
import RecordFormat
import Reporting
import Synchronization

/// What `weir advise` measures of codecs alone on a sample.
struct CodecAdvice {
    let sample: String
    let pool: PayloadPool
    let result: CodecPass.Result
    let dictionary: DictionaryWorth?
    let load: CodecBill.Load?
    let prices: CodecPrices?
    let profile: Profile
    /// Whether it ended before its time.
    let wasInterrupted: Bool

    /// Reads the sample and measures.
    /// - Throws: `SampleError` for a sample that cannot be read, `CodecPassError` for one that has no
    ///   batches to measure.
    init(
        sample: String, format: String, overrides: [OptionText], isQuick: Bool,
        isQuiet: Bool, options: CodecOptions
    ) throws {
        let profile = try Profile(
            yaml: """
                topics: {partitions: \(SampleSweep.partitions)}
                producers: {rate: 20k/s}
                payload: {kind: corpus, file: \(SampleSweep.quoted(sample)), format: \(format)}
                consumers: [{group: readers}]
                """, name: SampleSweep.codecsName(of: sample), source: "advise",
            overrides: overrides)
        self.profile = profile
        prices = try options.readPrices
        var settings = CodecPass.Settings()
        settings.fillings = try options.fillings
        settings.budget = try options.time(isQuick: isQuick)
        settings.recordsPerSecond = profile.meanOfferedRate
        settings.seed = profile.seed
        do {
            let pool = try PayloadPool.prepare(for: profile)
            if !isQuiet {
                let compressions = settings.compressions.count
                writeToStandardError(
                    "measuring \(compressions) codecs and levels alone, for at most "
                        + "\(settings.budget)\n")
            }
            let pass = CodecPass(pool, settings: settings)
            let wasAsked = Atomic<Bool>(false)
            result = try Interrupts.handled(
                by: {
                    wasAsked.exchange(true, ordering: .relaxed)
                        ? nil : "no codec is measured any more"
                },
                {
                    try pass.run(
                        firstValues: { seconds in
                            if !isQuiet { writeToStandardError(Self.firstValuesNote(seconds)) }
                        }, shouldEnd: { Interrupts.wasInterrupted })
                })
            // Batches of the fewest records gain the most.
            let smallest = result.figures.min { $0.recordsPerBatch < $1.recordsPerBatch }
            dictionary =
                try Interrupts.wasInterrupted
                ? nil : smallest.flatMap { try DictionaryWorth.measure(pool, filling: $0.filling) }
            self.pool = pool
        } catch let error as PayloadError {
            if case .missing = error { throw error }
            throw SampleError(description: "\(error)")
        }
        self.sample = sample
        load = try options.load(recordsPerSecond: profile.meanOfferedRate)
        wasInterrupted = Interrupts.wasInterrupted
    }

    func rows(runID: String) -> [CodecRow] {
        CodecRow.markingFront(result.figures.map { CodecRow($0, runID: runID) })
    }

    /// The tables.
    /// - Parameter isBrief: only the front.
    func text(isBrief: Bool) -> String {
        let rows = rows(runID: "")
        let report = CodecReport(
            rows: rows, circumstances: circumstances, isBrief: isBrief,
            width: TerminalWidth.ofOutput)
        var text = report.text
        guard report.hasGain else { return text }
        if let batches { text += "\n" + wrapped(batches) }
        if let bill {
            text += "\n" + bill.text + wrapped(bill.sentence)
            if let prices { text += "\n" + bill.months(at: prices, width: TerminalWidth.ofOutput) }
            text += "\n" + bill.settingLines
        }
        return text
    }

    /// Nil without a rate.
    private var bill: CodecBill? { load.flatMap { CodecBill(rows(runID: ""), $0) } }

    private func wrapped(_ text: String) -> String {
        SummaryReport.wrapped(text, indent: 0, width: TerminalWidth.ofOutput).joined(
            separator: "\n") + "\n"
    }

    /// How full batches get, and what fuller ones would save; nil for one size of batches.
    private var batches: String? {
        guard let advice = BatchAdvice(profile, .zstd(3), pool: pool, figures: result.figures)
        else { return nil }
        let producers = profile.producers
        let count = String(format: "%.3g", advice.prediction.recordsPerBatch)
        let load = profile.meanOfferedRate == nil ? "At full speed" : "At this rate"
        let requests = advice.prediction.batchesPerSecond.map {
            ", \(Int($0.rounded())) batches a second"
        }
        var text =
            "\(load), \(Self.count(producers.count, "producer")), partitioner "
            + "\(producers.partitioner.rawValue), "
            + "\(Self.count(profile.topics.partitions * profile.topics.count, "partition")), linger.ms "
            + "\(String(format: "%g", producers.linger / .milliseconds(1))) and batch.size "
            + "\(producers.batchSize) give about \(count) records a batch\(requests ?? ""): zstd:3 then has a "
            + "ratio of \(String(format: "%.3g", advice.ratio))."
        if let change = advice.change {
            let latency = String(format: "%g", change.addedSeconds * 1_000)
            text +=
                " Cheapest change: \(change.text), \(Self.percent(change.saving)) % fewer bytes for "
                + (change.addedSeconds > 0 ? "up to \(latency) ms of latency." : "no latency.")
        }
        return text
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    /// Writes `codecs.csv` and `costs.csv` into a folder.
    func write(in folder: String, runID: String) throws(ReportingError) {
        try CSVWriter<CodecRow>(in: folder).append(rows(runID: runID))
        guard let bill else { return }
        try CSVWriter<CostRow>(in: folder).append(
            bill.costRows(at: prices).map { cost in
                var row = cost
                row.runID = runID
                return row
            })
    }

    /// Makes a folder of its own for the figures, and returns its path.
    func save(in out: String, _ page: ResultsPageOptions, isQuiet: Bool) throws -> String {
        let folder = try ResultsFolder.create(
            in: out, profile: SampleSweep.codecsName(of: sample),
            startedAtUnixNanos: WallClock.now())
        try folder.writeEnvironment(.ofThisProgram(dataDirectory: folder.path))
        try write(in: folder.path, runID: folder.runID)
        try DataPackage.write(in: folder.path, name: folder.runID)
        page.write(in: folder.path, isQuiet: isQuiet)
        return folder.path
    }

    // MARK: How it was measured

    private static func firstValuesNote(_ seconds: Double) -> String {
        "each has a value after \(String(format: "%.1f", seconds)) s; Ctrl-C shows what is known\n"
    }

    private var circumstances: [String] {
        var sentences = [sampleSentence, timeSentence]
        if let least = result.figures.map(\.sampleShare).min(), least < 1 {
            let parts = result.figures.count { $0.sampleShare < 1 }
            sentences.append(
                (parts == 1 ? "One setting has" : "\(parts) settings have")
                    + " compressed a part of the sample, spread evenly, of \(Self.percent(least)) % at "
                    + "least; \(parts == 1 ? "its ratio is" : "their ratios are") scaled to all of it."
            )
        }
        if let dictionary, dictionary.ratioWith > dictionary.ratioWithout * 1.01 {
            sentences.append(Self.sentence(dictionary))
        }
        for filling in result.omitted {
            sentences.append("Not measured: \(filling), since the sample has fewer records.")
        }
        if !result.stayedOnCore {
            sentences.append("The system did not let the thread stay on its core.")
        }
        return sentences
    }

    private static func sentence(_ worth: DictionaryWorth) -> String {
        let size = String(format: "%.3g", Double(worth.dictionaryByteCount) / 1e3)
        let ratios = [worth.ratioWith, worth.ratioWithout].map { String(format: "%.3g", $0) }
        return
            "A zstd dictionary of \(size) kB, trained on the first half of the sample, would give "
            + "the other half a ratio of \(ratios[0]) instead of \(ratios[1]) (zstd:\(worth.level), "
            + "\(worth.filling)); Kafka cannot use one, since a record batch cannot name it."
    }

    private var sampleSentence: String {
        let part = pool.corpus?.isSampled == true ? ", from evenly spread stretches" : ""
        return "Sample: \(pool.count) records, \(pool.byteCount) bytes of \(sample)\(part)."
    }

    private var timeSentence: String {
        let open = result.figures.count { !$0.isSettled }
        let first = String(format: "%.1f", result.firstValuesSeconds)
        let all = String(format: "%.1f", result.seconds)
        return "Measured for \(all) s; each setting had a value after \(first) s. "
            + (open == 0
                ? "All are known within 3 %."
                : "\(open) of \(result.figures.count) are not known within 3 %; a longer --budget "
                    + "narrows them.")
    }

    private static func percent(_ share: Double) -> String { String(format: "%.3g", share * 100) }
}
