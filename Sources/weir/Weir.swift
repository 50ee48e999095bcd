import ArgumentParser
import RecordFormat

@main
struct Weir: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "weir",
        abstract: "Measures how much a commit log can carry.",
        discussion: """
            Runs benchmark profiles against a log of Kafka record batches and writes throughput, \
            latency percentiles and consumer lag to CSV, with every record audited.

              weir run Profiles/quickstart.yaml
              weir run Profiles/orders.yaml --set compression.type=lz4 --duration 30s
              weir roofline
              weir profiles explain

            Exit status: 0 done; 64 usage; 65 a bad profile; 69 the target is unavailable; 74 an I/O \
            error; 97 the run is not valid; 98 acknowledged data was lost or corrupt; 99 a \
            threshold failed; 1 anything else.
            """,
        version: version,
        subcommands: [
            RunCommand.self, CompareCommand.self, AdviseCommand.self, ChartCommand.self,
            ReportCommand.self, MergeCommand.self, HgrmCommand.self, MetricsCommand.self,
            RooflineCommand.self, DoctorCommand.self, ServeCommand.self, ProfilesCommand.self,
            DumpLogCommand.self,
        ])
}
