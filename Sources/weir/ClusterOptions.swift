import ArgumentParser
import Foundation
import LoadGenerator

/// The cluster that a run loads.
struct ClusterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Load this Kafka cluster: target=kafka and client.bootstrap.servers=….",
            valueName: "host:port,…"))
    var bootstrapServer: String?

    @OptionGroup
    var commandConfig: CommandConfigOption

    /// - Parameter others: other options for settings, of which one may set the target.
    func overrides(besides others: [String]) throws -> [OptionText] {
        var ofFile = try commandConfig.read()?.options ?? []
        // A variable that stands for all runs does not say which of them load the cluster.
        if commandConfig.commandConfig == nil {
            ofFile.removeAll { $0.text.hasPrefix("client.bootstrap.servers=") }
        }
        guard let bootstrapServer else { return ofFile }
        let setsTarget = others.contains { $0.prefix { $0 != "=" } == "target" }
        return ofFile
            + OptionText.setting(
                "client.bootstrap.servers", bootstrapServer, option: "--bootstrap-server")
            + (setsTarget ? [] : ["target=kafka"])
    }

    /// Of a run in a process of its own: all else is in its profile, which has no secrets.
    func secrets() throws -> [OptionText] {
        (EnvironmentOptions.ofProcess + (try commandConfig.read(isTold: false)?.options ?? []))
            .filter(\.isSecret)
    }
}

/// A file with the settings of the client, for clusters that want TLS or a login.
struct CommandConfigOption: ParsableArguments {
    /// In the environment, the file where no option names it. So the processes of a comparison's runs find it.
    static let variable = "WEIR_COMMAND_CONFIG"

    @Option(
        help: ArgumentHelp(
            "A properties file of Kafka's client settings, such as security.protocol; by default "
                + "WEIR_COMMAND_CONFIG.", valueName: "file"),
        completion: .file(extensions: ["properties"]))
    var commandConfig: String?

    /// Nil where there is none.
    /// - Parameter isTold: whether to say which of Kafka's settings have no meaning here.
    func read(isTold: Bool = true) throws -> CommandConfig? {
        let named = commandConfig ?? ProcessInfo.processInfo.environment[Self.variable]
        guard let path = named, !path.isEmpty else { return nil }
        do throws(ProfileErrors) {
            let config = try CommandConfig(path: path)
            if isTold, !config.ignored.isEmpty {
                writeToStandardError(
                    "note: \(path): without meaning here: "
                        + config.ignored.joined(separator: ", ") + "\n")
            }
            // Child processes may run elsewhere.
            unsafe setenv(Self.variable, URL(filePath: path).path, 1)
            return config
        } catch {
            printError("\(error)")
            throw ExitStatus.badInput
        }
    }
}
