import ArgumentParser
import LoadGenerator

/// The cluster that a run loads.
struct ClusterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Load this Kafka cluster: target=kafka and client.bootstrap.servers=….",
            valueName: "host:port,…"))
    var bootstrapServer: String?

    /// - Parameter others: other options for settings, of which one may set the target.
    func overrides(besides others: [String]) -> [OptionText] {
        guard let bootstrapServer else { return [] }
        let setsTarget = others.contains { $0.prefix { $0 != "=" } == "target" }
        return OptionText.setting(
            "client.bootstrap.servers", bootstrapServer, option: "--bootstrap-server")
            + (setsTarget ? [] : ["target=kafka"])
    }
}
