import ArgumentParser
import Broker
import CommitLog
import Dispatch
import Foundation
import LoadGenerator
import Logging
import Reporting

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve a log directory to Kafka clients.",
        discussion: """
            Speaks the Kafka protocol on one node, until SIGINT, SIGTERM or SIGHUP. It listens on \
            localhost:9092 by default. The settings are those of Kafka's \
            server.properties; an unknown one is refused with the nearest name. \
            The environment's override the file's, options override both, and --set overrides all. The file of a KRaft node \
            works as it is: listeners in controller.listener.names are left out, with a warning. \
            There may be several listeners, each with a name and its own address in \
            advertised.listeners; listener.security.protocol.map says which speak TLS (SSL) or want a login \
            (SASL_SSL, SASL_PLAINTEXT). Standard \
            output says where the broker listens; its log goes to standard error.

              weir serve --data-dir /var/lib/weir
              weir serve --data-dir data --listen 0.0.0.0:9092 --advertise kafka.example.com:9092
              weir serve --config server.properties --set num.partitions=3
              weir serve --explain

            Serving.md says how to serve others safely. A password is never an argument: it is in the file of \
            --config, or in the environment.
            """)

    @Option(
        help: "The log directory, log.dirs; created if it is missing.",
        completion: .directory)
    var dataDir: String?

    @Option(
        help: """
            Where to listen, [HOST]:PORT, as listeners; without a host on every address, with port \
            0 on a free one.
            """)
    var listen: String?

    @Option(
        help: "The address that the broker gives to clients, HOST:PORT, as advertised.listeners.")
    var advertise: String?

    @Option(
        help: "A file of Kafka's broker settings.", completion: .file(extensions: ["properties"]))
    var config: String?

    @Flag(
        help: """
            Take settings from the environment too, named as for Kafka's container image: \
            KAFKA_NUM_PARTITIONS is num.partitions.
            """)
    var settingsFromEnvironment = false

    @Option(name: .customLong("set"), help: "A setting, KEY=VALUE. May be given several times.")
    var settings: [String] = []

    @Option(
        help: "trace, debug, info, notice, warning, error or critical.",
        transform: { text in
            guard let level = Logger.Level(rawValue: text) else {
                throw ValidationError("\(text) is not a log level")
            }
            return level
        })
    var logLevel: Logger.Level = .info

    @Flag(
        help: """
            Print every setting of the broker, of topics and of groups, and end: its form, its default, \
            its meaning, and whether it can be altered while the broker runs.
            """)
    var explain = false

    @Flag(
        help: ArgumentHelp(
            "End when standard input ends, and say on standard error where the broker listens.",
            visibility: .hidden))
    var attached = false

    func run() throws {
        if explain { return try printSettings() }
        if attached { Lifeline.holdOn() }
        if let config { try NamedInput.require([config], .brokerSettings) }
        let logger = Self.logger(logLevel)
        let config = try configuration(logger)
        // The log of an attached broker is its run's, which may remove it.
        if !attached { ScratchFolder.adopt(config.logDirectory) }
        let broker: Broker
        do {
            broker = try Broker(config: config, logger: logger)
        } catch {
            printError("\(error)")
            if case .directoryInUse = error { throw ExitStatus.targetUnavailable }
            throw ExitStatus.inputOutput
        }
        let stop = DispatchSemaphore(value: 0)
        let isStopping = StopFlag()
        let interrupted: @Sendable () -> String? = {
            guard !isStopping.isSet else { return nil }
            isStopping.set()
            stop.signal()
            return "stopping"
        }
        try Interrupts.handled(by: interrupted) { try serve(broker, until: stop) }
    }

    private func serve(_ broker: Broker, until stop: DispatchSemaphore) throws {
        do {
            for listener in try broker.start() {
                // Written at once, because a program may wait for the line.
                let line =
                    "\(listener.name) listening on \(listener.bound), "
                    + "advertised as \(listener.advertised)"
                if attached { writeToStandardError(line + "\n") } else { try printNow(line) }
            }
        } catch let failure as StandardOutput.Failure {
            try? broker.shutdown()
            throw failure
        } catch {
            printError("\(error)")
            try? broker.shutdown()
            throw ExitStatus.targetUnavailable
        }
        stop.wait()
        do {
            try broker.shutdown()
        } catch {
            printError("\(error)")
            throw ExitStatus.inputOutput
        }
    }

    private func printSettings() throws {
        for part in ExplainedSetting.Part.allCases {
            try printOut(part.rawValue + "\n")
            for setting in ExplainedSetting.all where setting.part == part {
                let standard = setting.defaultValue.isEmpty ? "none" : setting.defaultValue
                let when =
                    setting.isAlterable ? "can be altered while running" : "read at the start"
                try printOut("\(setting.name)\n    \(setting.meaning)")
                try printOut(
                    "    \(setting.type), \(setting.form); default: \(standard); \(when)\n")
            }
        }
    }

    private func configuration(_ logger: Logger) throws -> BrokerConfig {
        do throws(BrokerConfigError) {
            let (config, warnings) = try BrokerConfig.reading(try writtenSettings())
            for warning in warnings { logger.warning("\(warning)") }
            guard !config.logDirectory.isEmpty else {
                throw BrokerConfigError(
                    origin: "", reason: "there is no log directory: give --data-dir or log.dirs")
            }
            return config
        } catch {
            printError("\(error)")
            throw ExitStatus.badInput
        }
    }

    /// The file's settings, then the environment's, options and `--set`; later ones override.
    private func writtenSettings() throws(BrokerConfigError) -> [WrittenSetting] {
        var written: [WrittenSetting] = []
        if let config {
            guard let text = try? String(contentsOfFile: config, encoding: .utf8) else {
                throw BrokerConfigError(origin: config, reason: "the file cannot be read")
            }
            written += BrokerConfig.settings(inFile: text, named: config)
        }
        if settingsFromEnvironment {
            written += EnvironmentSettings.written(ProcessInfo.processInfo.environment)
        }
        for (option, key, value) in [
            ("--data-dir", "log.dirs", dataDir), ("--listen", "listeners", listen),
            ("--advertise", "advertised.listeners", advertise),
        ] {
            if let value { written.append(WrittenSetting(key: key, value: value, origin: option)) }
        }
        for setting in settings {
            guard let equals = setting.firstIndex(of: "=") else {
                throw BrokerConfigError(origin: "--set \(setting)", reason: "KEY=VALUE is expected")
            }
            written.append(
                WrittenSetting(
                    key: String(setting[..<equals]),
                    value: String(setting[setting.index(after: equals)...]), origin: "--set"))
        }
        return written
    }

    private static func logger(_ level: Logger.Level) -> Logger {
        var logger = Logger(label: "weir") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = level
        return logger
    }
}
