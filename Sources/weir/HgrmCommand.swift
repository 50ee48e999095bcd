import ArgumentParser
import Foundation
import Reporting

struct HgrmCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hgrm",
        abstract: "Write latencies as HdrHistogram's percentile distributions, for its plotter.",
        discussion: """
            Writes one file for each kind of latency, such as response_latency.hgrm, into the \
            results folder. End-to-end latency is that of all consumer groups together, and of \
            each if there are several. Each variant of a comparison has files of its own, such as \
            zstd-3.response_latency.hgrm, with all its repetitions together. With --out the files \
            of several results go to one folder, with the results' names in front, because the \
            plotter names its lines by the files.

            Also reads a histogram log of any other program that writes HdrHistogram's format, in \
            any version of its encoding. Each tag gets a file of its name; lines without a tag get \
            one of the log's name. Values are taken for nanoseconds; --unit ns prints values of \
            other units unchanged.

              weir hgrm Results/orders/latest
              weir hgrm Results/orders/2026* --out plots
              weir hgrm jhiccup.hlog --unit ns
            """)

    @Argument(help: "Results folders, or histogram logs.", completion: .directory)
    var results: [String]

    @Option(help: "The folder to write to; by default the results folder itself.")
    var out: String?

    @Option(help: "Unit of the values: ms, us or ns. The plotter's axis says milliseconds.")
    var unit = PercentileDistribution.Unit.milliseconds

    func run() throws {
        try NamedInput.require(results, .results)
        do {
            var written: Set<String> = []
            for path in try withEachRunOnce() { try write(path, &written) }
        } catch let error as ReportingError {
            printError("\(error)")
            throw ExitStatus.of(error)
        }
    }

    /// The paths without those folders whose runs an earlier path already has.
    private func withEachRunOnce() throws(ReportingError) -> [String] {
        var folders: [SavedResults] = []
        for path in results where Self.isFolder(path) {
            folders.append(try SavedResults(path: path, tables: [.summary]))
        }
        let (kept, notes) = SavedResults.withEachRunOnce(folders)
        for note in notes { printError("note: \(note)") }
        let paths = Set(kept.map(\.path))
        return results.filter { !Self.isFolder($0) || paths.contains($0) }
    }

    /// - Parameter written: the files that this command has written, so that none replaces another.
    private func write(_ path: String, _ written: inout Set<String>) throws {
        // A log may have any name, so a folder is recognised by the filesystem.
        let folder = out ?? (Self.isFolder(path) ? path : Self.parent(of: path))
        for saved in try SavedLatencies.read(path) {
            var prefix = out == nil ? "" : saved.name.replacing("/", with: "-") + "."
            if let variant = saved.variant { prefix += ResultsFolder.fileName(for: variant) + "." }
            for latency in saved.latencies {
                let group = latency.group.map { "." + ResultsFolder.fileName(for: $0) } ?? ""
                // Latencies without a tag are named by their log.
                let name = ResultsFolder.fileName(
                    for: latency.name.isEmpty ? saved.name : latency.name)
                let isNamed = out != nil && latency.name.isEmpty
                let stem = "\(folder)/\(isNamed ? "" : prefix)\(name)\(group)"
                var (file, number) = (stem + ".hgrm", 2)
                while !written.insert(file).inserted {
                    file = "\(stem)-\(number).hgrm"
                    number += 1
                }
                try DerivedFile.write(
                    PercentileDistribution(latency.histogram).text(in: unit), to: file)
                try printOut(file)
            }
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        let exists = unsafe FileManager.default.fileExists(
            atPath: path, isDirectory: &isDirectory)
        return exists && isDirectory.boolValue
    }

    private static func parent(of path: String) -> String {
        let parent = URL(filePath: path).deletingLastPathComponent().relativePath
        return parent.isEmpty ? "." : parent
    }
}

extension PercentileDistribution.Unit: ExpressibleByArgument {}
