import ArgumentParser
import Foundation
import LoadGenerator
import Measurement
import RecordFormat
import Reporting
import SettingKeys

struct RooflineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roofline",
        abstract: "Measure the machine's limits, and the engine's share of each.",
        discussion: """
            Memory copy, CRC-32C, write, fdatasync, sendfile and socket write are measured alone. \
            Then the engine's append and fetch are measured, interleaved with the bare operation \
            that limits each, on the same bytes in the same block size; the share is the median \
            over the slices. This takes about three minutes. Ctrl-C ends it at once with exit \
            status 130; roofline.csv then has what was measured so far.

              weir roofline
              weir roofline --set payload.kind=corpus --set payload.file=app.log --batch-size 65536
            """)

    @Argument(
        help: "The profile whose payload is compressed; by default a shop's orders.",
        completion: .file(extensions: ["yaml", "yml"]))
    var profile: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Override a setting of the profile.", valueName: "key=value"))
    var overrides: [String] = []

    @Option(name: .customLong("batch-size"), help: "Block sizes in bytes.")
    var batchSizes: [Int] = [64 << 10, 1 << 20]

    @Option(name: .customLong("level"), help: "zstd levels.")
    var levels: [Int] = [1, 3, 9]

    @Option(help: "Slices of each measurement; the figures are medians over them.")
    var slices = 5

    @Option(
        help: ArgumentHelp(
            "Measure the round trip of a request to these brokers, too: ApiVersions over a bare "
                + "socket.", valueName: "host:port,…"))
    var bootstrapServer: String?

    @OptionGroup
    var commandConfig: CommandConfigOption

    @Option(help: "The directory that results go to; its filesystem is the one measured.")
    var out = ResultsDirectories.standard

    @Flag(help: "No progress lines.")
    var quiet = false

    func validate() throws {
        guard slices > 0, slices <= 1000 else {
            throw ValidationError("--slices is between 1 and 1000")
        }
        for size in batchSizes where size < 4096 || size > 64 << 20 {
            throw ValidationError("--batch-size is between 4096 and 67108864 bytes, not \(size)")
        }
        if let bootstrapServer, Roofline.Brokers(bootstrapServer) == nil {
            throw ValidationError(
                "--bootstrap-server is host:port, or several with commas between, not "
                    + "'\(bootstrapServer)'\(WrongPort.hint(in: bootstrapServer))")
        }
        let range = CompressionCodec.zstd.levels!
        for level in levels where !range.contains(level) {
            throw ValidationError("--level is between \(range.lowerBound) and \(range.upperBound)")
        }
    }

    func run() throws {
        if bootstrapServer != nil {
            let spoken = try commandConfig.read()?.settings["security.protocol"] ?? "PLAINTEXT"
            guard spoken == "PLAINTEXT" else {
                printError(
                    "the round trip is measured over a bare socket, which does not speak \(spoken): name a "
                        + "listener with PLAINTEXT, or leave --bootstrap-server out")
                throw ExitStatus.badInput
            }
        }
        let profile: Profile
        let overrides = overrides.map { OptionText($0) }
        do throws(ProfileErrors) {
            profile =
                if let path = self.profile {
                    try Profile(contentsOf: path, overrides: overrides)
                } else {
                    try Profile(
                        yaml: "payload: {kind: orders}", name: "roofline", source: "roofline",
                        overrides: overrides)
                }
        } catch {
            printError("\(error)")
            throw ExitStatus.of(error)
        }
        do {
            if !quiet { LeftoversNote.write(for: out) }
            let folder = try ResultsFolder.create(
                in: out, profile: "roofline", startedAtUnixNanos: WallClock.now())
            let data = try folder.scratchFolder("data")
            // Rows are written when they are measured, so that an interrupt can end the program at
            // once.
            let abandon = { @Sendable in
                try? data.remove()
                folder.giveUpLatest()
                printError("ended; what was measured so far is in \(folder.path)")
            }
            let nothingMore = { @Sendable () -> String? in nil }
            let rows = try Interrupts.handled(by: nothingMore, abandoning: abandon) {
                let rows = Result { try measure(profile, in: folder, data.path) }
                try data.remove()
                return try rows.get()
            }
            try printOut(RooflineReport.text(rows, resultsPath: folder.path), terminator: "")
        } catch let error as ReportingError {
            printError("\(error)")
            throw ExitStatus.inputOutput
        } catch let error as RooflineError {
            printError("\(error)")
            throw ExitStatus.inputOutput
        }
    }

    private func measure(
        _ profile: Profile, in folder: ResultsFolder, _ directory: String
    ) throws -> [RooflineRow] {
        try folder.writeEnvironment(
            .ofThisProgram(dataDirectory: directory))
        try folder.writeProfile(profile.resolvedYAML())
        let csv = try folder.csv(RooflineRow.self)
        try DataPackage.write(in: folder.path, name: folder.runID)
        var settings = Roofline.Settings(
            directory: directory, zstdLevels: levels, batchSizes: batchSizes,
            brokers: bootstrapServer.flatMap(Roofline.Brokers.init))
        settings.schedule.slices = slices
        var rows: [RooflineRow] = []
        var failure: ReportingError?
        try Roofline(profile: profile, settings: settings).run(
            progress: { if !quiet { writeToStandardError("measuring \($0)\n") } },
            found: { finding in
                let row = RooflineRow(finding, runID: folder.runID)
                rows.append(row)
                do throws(ReportingError) {
                    try csv.append(row)
                } catch {
                    failure = error
                }
            })
        if let failure { throw failure }
        return rows
    }
}

extension RooflineRow {
    init(_ finding: Roofline.Finding, runID: String) {
        switch finding {
        case .limit(let result):
            self.init(runID: runID, probe: result.probe, slices: result.bytesPerSecond.count)
            blockSizeBytes = result.blockByteCount
            operationsPerSecond = result.medianOperationsPerSecond
            setRates(result.bytesPerSecond)
            medianNanos = result.latency?.percentile(50)
            p99Nanos = result.latency?.percentile(99)
        case .share(let share):
            self.init(runID: runID, probe: share.operation, slices: share.engineRates.count)
            detail = share.detail
            blockSizeBytes = share.blockByteCount
            setRates(share.engineRates)
            limit = share.limit
            limitMegabytesPerSecond = share.limitRate / 1e6
            self.share = share.share
            lowestShare = share.shares.min()
            highestShare = share.shares.max()
        }
    }

    private mutating func setRates(_ bytesPerSecond: [Double]) {
        megabytesPerSecond = Statistics.median(bytesPerSecond).map { $0 / 1e6 }
        lowestMegabytesPerSecond = bytesPerSecond.min().map { $0 / 1e6 }
        highestMegabytesPerSecond = bytesPerSecond.max().map { $0 / 1e6 }
    }
}
