import ArgumentParser
import Measurement
import RecordFormat

@main
struct Weir: ParsableCommand {
    static let version = "0.2.0"
    /// The version and its build.
    static let build = ProgramBuild.name(ofVersion: version) ?? version

    static let configuration = CommandConfiguration(
        commandName: "weir",
        abstract: "Measures the throughput, latency and cost of commit logs.",
        discussion: """
            Runs benchmark profiles against a log of Kafka record batches, audits every record, \
            and writes throughput, latency percentiles and consumer lag to CSV.

              weir run Profiles/quickstart.yaml
              weir run Profiles/orders.yaml --set compression.type=lz4 --duration 30s
              weir roofline
              weir explain linger.ms

            Exit status:
            \(ExitStatus.all.map { "  \($0.status)  \($0.meaning)" }.joined(separator: "\n"))
            """,
        version: build,
        subcommands: [
            InitCommand.self, RunCommand.self, CompareCommand.self, AdviseCommand.self,
            ChartCommand.self,
            ReportCommand.self, MergeCommand.self, HgrmCommand.self, MetricsCommand.self,
            RooflineCommand.self, DoctorCommand.self, ExplainCommand.self, ServeCommand.self,
            ProfilesCommand.self, DumpLogCommand.self, ListCommand.self, CleanCommand.self,
            UsersCommand.self,
        ])

    /// Runs any command, with all its writes to standard output checked.
    static func main() {
        var status = ExitCode.success
        do {
            do {
                let words = Array(CommandLine.arguments.dropFirst())
                if let unknown = UnknownCommand(words, of: Self.self) {
                    printError("\(unknown)")
                    throw ExitCode(64)
                }
                var command = try parseAsRoot()
                try command.run()
            } catch {
                status = try told(error)
            }
            try StandardOutput.flush()
        } catch {
            printError("\(error)")
            status = ExitStatus.graver(status, ExitStatus.inputOutput)
        }
        exit(withError: status)
    }

    /// Prints why a command ended, which may be its help, and returns the status.
    private static func told(_ error: any Error) throws(StandardOutput.Failure) -> ExitCode {
        if let error = error as? StandardOutput.Failure { throw error }
        let status = exitCode(for: error)
        let message = fullMessage(for: error)
        if message.isEmpty { return status }
        if status == .success {
            try printOut(message)
        } else {
            // With the prefix of all other errors.
            let prefix = "Error: "
            writeToStandardError(
                message.hasPrefix(prefix)
                    ? errorPrefix + message.dropFirst(prefix.count) + "\n" : message + "\n")
        }
        return status
    }
}
