import CommitLog
import Glibc
import Logging
import NIOCore
import NIOSSL
import Security

/// TLS of one listener: its settings, and the newest keys and certificates that they name.
/// Thread contract: any thread.
struct ListenerTLS: Sendable {
    private static let dailyCheck = TimeAmount.hours(24)
    private static let lookInterval = TimeAmount.seconds(1)

    let name: String
    let settings: SSLSettings
    private let source: SSLContextSource

    /// Of all listeners with TLS, by their names. Reads their files.
    static func all(
        _ config: BrokerConfig, _ logger: Logger
    ) throws(BindError) -> [String: ListenerTLS] {
        var all: [String: ListenerTLS] = [:]
        for listener in config.listeners {
            guard config.securityProtocol(of: listener.name)?.encrypts == true else { continue }
            do throws(StoreError) {
                all[listener.name] = try ListenerTLS(
                    listener.name, config.ssl(of: listener.name), logger)
            } catch {
                throw BindError(endpoint: listener.endpoint, reason: "\(error)")
            }
        }
        return all
    }

    private init(
        _ name: String, _ settings: SSLSettings, _ logger: Logger
    ) throws(StoreError) {
        self.name = name
        self.settings = settings
        source = try SSLContextSource(settings, side: .listener) { outcome in
            switch outcome {
            case .success(let credentials):
                let subject = credentials.certificate.map { ": \($0.subject)" } ?? ""
                logger.notice("\(name) has a new certificate for new connections\(subject)")
                Self.warn(name, credentials, logger)
            case .failure(let error):
                logger.warning("\(name) goes on with the certificate that it has: \(error)")
            }
        }
    }

    /// What encrypts one connection.
    func handler() -> NIOSSLServerHandler { NIOSSLServerHandler(context: source.newest.context) }

    /// Looks from now on whether files have changed, beside everything else.
    static func watchFiles(of listeners: [ListenerTLS], on eventLoop: any EventLoop) {
        guard !listeners.isEmpty else { return }
        let watch = KeyFileWatch { for listener in listeners { listener.source.lookAgain() } }
        watch.start(on: eventLoop, every: lookInterval)
    }

    /// Says now and once a day which certificates expire soon.
    static func warnOfExpiry(
        _ listeners: [ListenerTLS], on eventLoop: any EventLoop, _ logger: Logger
    ) {
        guard !listeners.isEmpty else { return }
        eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: dailyCheck) { _ in
            for listener in listeners { warn(listener.name, listener.source.newest, logger) }
        }
    }

    private static func warn(_ name: String, _ credentials: SSLCredentials, _ logger: Logger) {
        guard let warning = credentials.certificate?.warning(now: Int64(time(nil))) else { return }
        logger.warning(
            "\(name): \(warning); put a new one into its file, which is read again when it changes")
    }
}
