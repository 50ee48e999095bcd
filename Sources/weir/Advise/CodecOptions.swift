import ArgumentParser
import Foundation
import LoadGenerator
import Reporting

/// The options of `weir advise` about codecs alone, and about the load that is to pay for them.
struct CodecOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Measure the codecs alone, in seconds and without an engine.",
            discussion: """
                Every codec and level compresses and decompresses batches of the sample in Kafka's \
                format, in turn on one thread that stays on its core. Times are its CPU time; a \
                setting is measured until its 95 % interval reaches 3 % or --budget ends.
                """))
    var codecs = false

    @Option(
        name: .customLong("batch-records"),
        help: ArgumentHelp(
            "Records of a batch for codecs alone; several are measured each. By default 10,100,1000.",
            valueName: "n,n,…"))
    var batchRecords: String?

    @Option(
        name: .customLong("batch-size"),
        help: ArgumentHelp(
            "batch.size for codecs alone, in place of --batch-records: 16KiB.", valueName: "size"))
    var batchSize: String?

    @Option(
        help: "The time for codecs alone; by default 10s, and 3s with --quick.")
    var budget: String?

    @Option(help: "Copies of each partition, for what network and disks get; by default 3.")
    var replication: Int?

    @Option(help: "How long records are kept, for what disks store; by default 7d.")
    var retention: String?

    @Option(
        help: ArgumentHelp(
            "A file of prices, for what settings cost a month; see Profiles/prices.txt.",
            valueName: "file"), completion: .file())
    var prices: String?

    @Option(help: "Consumer groups that read everything; by default 1.")
    var consumers: Int?

    func validate() throws {
        guard batchRecords == nil || batchSize == nil else {
            throw ValidationError("--batch-records and --batch-size exclude each other")
        }
        for (name, count) in [("--replication", replication), ("--consumers", consumers)] {
            if let count, !(1...1_000).contains(count) {
                throw ValidationError("\(name) is between 1 and 1000")
            }
        }
        _ = try (fillings, time(isQuick: false), retentionDays)
    }

    /// Whether anything was said that needs a sample.
    var areOfSample: Bool {
        codecs || [batchRecords, batchSize, budget, prices].contains { $0 != nil }
    }

    /// The options that were given and mean nothing for a stored log. It says itself how long records are kept.
    var notOfLog: [String] {
        let given = [
            ("--codecs", codecs), ("--batch-records", batchRecords != nil),
            ("--batch-size", batchSize != nil), ("--retention", retention != nil),
            ("--replication without --prices", replication != nil && prices == nil),
            ("--consumers without --prices", consumers != nil && prices == nil),
        ]
        return given.filter(\.1).map(\.0)
    }

    var fillings: [BatchFilling] {
        get throws {
            if let batchSize {
                let size = try explained { () throws(ProfileError) in
                    try Int(byteSize: batchSize, option: "--batch-size")
                }
                guard Self.batchSizes.contains(size) else {
                    throw ValidationError("--batch-size is between 1KiB and 16MiB")
                }
                return [.batchSize(size)]
            }
            let counts = (batchRecords ?? "10,100,1000").split(
                separator: ",", omittingEmptySubsequences: false
            ).map { Int($0) ?? 0 }
            guard counts.allSatisfy((1...1_000_000).contains), counts.count <= Self.mostFillings,
                Set(counts).count == counts.count
            else {
                throw ValidationError(
                    "--batch-records are up to \(Self.mostFillings) different numbers between 1 and "
                        + "1000000, such as 10,100,1000")
            }
            return counts.map { .records($0) }
        }
    }

    private static let batchSizes = 1 << 10...16 << 20
    private static let mostFillings = 6

    func time(isQuick: Bool) throws -> Duration {
        let time = try explained { () throws(ProfileError) in
            try Duration(budget ?? (isQuick ? "3s" : "10s"), option: "--budget")
        }
        guard time >= .milliseconds(100), time <= .seconds(3_600) else {
            throw ValidationError("--budget is between 100ms and 1h")
        }
        return time
    }

    var retentionDays: Double {
        get throws {
            let time = try explained { () throws(ProfileError) in
                try Duration(milliseconds: retention ?? "7d", option: "--retention")
            }
            guard time > .zero else { throw ValidationError("--retention is above 0") }
            return time / .seconds(86_400)
        }
    }

    /// What the options say of the load; nil without a rate.
    func load(recordsPerSecond: Double?) throws -> CodecBill.Load? {
        guard let recordsPerSecond else { return nil }
        return CodecBill.Load(
            recordsPerSecond: recordsPerSecond, replication: replication ?? 3,
            retentionDays: try retentionDays, consumers: consumers ?? 1)
    }

    /// The prices of the file; nil without one.
    var readPrices: CodecPrices? {
        get throws {
            guard let prices else { return nil }
            guard let text = try? String(contentsOfFile: prices, encoding: .utf8) else {
                throw SampleError(description: "\(prices): cannot be read; name a file of prices")
            }
            do {
                return try CodecPrices(text)
            } catch {
                throw SampleError(description: "\(prices): \(error)")
            }
        }
    }

    /// With a wrong value as an error of usage.
    private func explained<Value>(_ read: () throws(ProfileError) -> Value) throws -> Value {
        do {
            return try read()
        } catch {
            throw ValidationError("\(error)")
        }
    }
}
