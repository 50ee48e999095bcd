import ArgumentParser
import Reporting

struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Print results as OpenMetrics text, for Prometheus.",
        discussion: """
            Every figure of summary.csv in seconds and bytes, labelled with profile, variant, \
            repetition and target; latencies as summaries. Without timestamps, as a push gateway \
            wants it; for the node exporter's textfile collector, write it to a file.

              weir metrics Results/orders/latest | curl --data-binary @- \\
                  http://pushgateway:9091/metrics/job/weir/profile/orders
            """)

    @Argument(help: "Results folders, of runs or of comparisons.", completion: .directory)
    var results: [String]

    func run() throws {
        do {
            var saved: [SavedResults] = []
            for path in results {
                saved.append(try SavedResults(path: path, tables: [.summary, .percentiles]))
            }
            let (results, notes) = SavedResults.withEachRunOnce(saved)
            for note in saved.flatMap(\.notes) + notes { printError("note: \(note)") }
            print(try OpenMetrics.text(of: results), terminator: "")
        } catch {
            printError("\(error)")
            throw ExitStatus.of(error)
        }
    }
}
