import ArgumentParser
import Foundation
import Reporting

struct HgrmCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hgrm",
        abstract: "Write latencies as HdrHistogram's percentile distributions, for its plotter.",
        discussion: """
            One file for each kind of latency, such as response_latency.hgrm, into the results folder; \
            end-to-end latency is that of all consumer groups, and of each where there are several. \
            Of a comparison each variant has its files, such as zstd-3.response_latency.hgrm, with \
            all its repetitions together. With --out, files of several results lie in one folder, \
            named for those, as the plotter names its lines for files. A histogram log by itself \
            will do, too.

              weir hgrm Results/orders/latest
              weir hgrm Results/orders/2026* --out plots
            """)

    @Argument(help: "Results folders, or histogram logs.", completion: .directory)
    var results: [String]

    @Option(help: "The folder to write to; by default the results folder itself.")
    var out: String?

    @Option(help: "What values are in: ms, us or ns. The plotter's axis says milliseconds.")
    var unit = PercentileDistribution.Unit.milliseconds

    func run() throws {
        do {
            for path in results { try write(path) }
        } catch let error as ReportingError {
            printError("\(error)")
            throw ExitStatus.of(error)
        }
    }

    private func write(_ path: String) throws {
        let folder = out ?? (path.hasSuffix(".hlog") ? Self.parent(of: path) : path)
        for saved in try SavedLatencies.read(path) {
            var prefix = out == nil ? "" : saved.name.replacing("/", with: "-") + "."
            if let variant = saved.variant { prefix += ResultsFolder.fileName(for: variant) + "." }
            for latency in saved.latencies {
                let group = latency.group.map { "." + ResultsFolder.fileName(for: $0) } ?? ""
                let file = "\(folder)/\(prefix)\(latency.kind.rawValue)\(group).hgrm"
                try DerivedFile.write(
                    PercentileDistribution(latency.histogram).text(in: unit), to: file)
                try printOut(file)
            }
        }
    }

    private static func parent(of path: String) -> String {
        let parent = URL(filePath: path).deletingLastPathComponent().relativePath
        return parent.isEmpty ? "." : parent
    }
}

extension PercentileDistribution.Unit: ExpressibleByArgument {}
