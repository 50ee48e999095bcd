import Logging
import NIOCore

/// What all connections of a broker share. Thread contract: any thread.
final class ConnectionServices: Sendable {
    let dispatch: RequestDispatch
    let memory: RequestMemory
    let limits: ConnectionLimits
    let maxRequestByteCount: Int
    let maxInFlight: Int
    let maxUnwrittenByteCount: Int
    let logger: Logger
    /// For what strangers can provoke.
    let complaints: LogLimiter

    init(dispatch: RequestDispatch, config: BrokerConfig, logger: Logger) {
        self.dispatch = dispatch
        memory = RequestMemory(limit: Int(config.queuedMaxRequestBytes))
        limits = ConnectionLimits(
            maxTotal: Int(config.maxConnections), maxPerHost: Int(config.maxConnectionsPerIP))
        maxRequestByteCount = Int(config.socketRequestMaxBytes)
        maxInFlight = Int(config.maxInFlightRequestsPerConnection)
        maxUnwrittenByteCount = Int(config.maxUnwrittenResponseBytes)
        self.logger = logger
        complaints = LogLimiter(logger)
    }
}

/// A listener that is bound.
public struct Listener: Sendable, Equatable {
    public var name: String
    /// Where it listens; the port is the real one where any was asked for.
    public var bound: Endpoint
    /// Where its clients are told to come.
    public var advertised: Endpoint
}
