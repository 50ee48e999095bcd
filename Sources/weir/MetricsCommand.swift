import ArgumentParser
import Reporting

struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Print results as OpenMetrics text, for Prometheus.",
        discussion: """
            Prints every figure of summary.csv in seconds and bytes, labelled with profile, \
            variant, repetition and target; latencies are summaries. There are no timestamps, \
            because push gateways refuse them. For the node exporter's textfile collector, write \
            the output to a file.

              weir metrics Results/orders/latest | curl --data-binary @- \\
                  http://pushgateway:9091/metrics/job/weir/profile/orders
            """)

    @Argument(help: "Results folders, of runs or of comparisons.", completion: .directory)
    var results: [String]

    func run() throws {
        try NamedInput.require(results, .results)
        let text: String
        do {
            var saved: [SavedResults] = []
            for path in results {
                saved.append(try SavedResults(path: path, tables: [.summary, .percentiles]))
            }
            let (results, notes) = SavedResults.withEachRunOnce(saved)
            for note in saved.flatMap(\.notes) + notes { printError("note: \(note)") }
            text = try OpenMetrics.text(of: results)
        } catch {
            printError("\(error)")
            throw ExitStatus.of(error)
        }
        try printOut(text, terminator: "")
    }
}
