import Logging
import NIOCore

/// What all connections of a broker share. Thread contract: any thread.
final class ConnectionServices: Sendable {
    let dispatch: RequestDispatch
    let memory: RequestMemory
    let answers: AnswerMemory
    /// Threads for what would hold an event loop for too long.
    let longWork: BlockingWork
    let limits: ConnectionLimits
    let rates: ConnectionRates
    let quotas: ClientQuotas
    let quotaWindows: QuotaWindows
    let maxRequestByteCount: Int
    /// Of clients that have not logged in.
    let maxLoginByteCount: Int
    let setupTimeout: TimeAmount
    let maxInFlight: Int
    let maxUnwrittenByteCount: Int
    let logger: Logger
    /// Limits the messages that any client can provoke.
    let complaints: LogLimiter
    let failedLogins: FailedLogins
    /// Whether the listener for administrators has these.
    let isOfAdministrators: Bool

    init(
        dispatch: RequestDispatch, config: BrokerConfig, logger: Logger, longWork: BlockingWork,
        quotas: ClientQuotas
    ) {
        self.dispatch = dispatch
        self.longWork = longWork
        self.quotas = quotas
        quotaWindows = config.quotaWindows
        memory = RequestMemory(limit: Int(config.queuedMaxRequestBytes))
        answers = AnswerMemory(limit: Int(config.queuedMaxResponseBytes))
        limits = ConnectionLimits(config)
        rates = ConnectionRates(config, quotas: quotas)
        isOfAdministrators = false
        maxRequestByteCount = Int(config.socketRequestMaxBytes)
        maxLoginByteCount = Int(min(config.saslServerMaxReceiveSize, config.socketRequestMaxBytes))
        setupTimeout = .milliseconds(config.authenticationTimeoutMs)
        maxInFlight = Int(config.maxInFlightRequestsPerConnection)
        maxUnwrittenByteCount = Int(config.maxUnwrittenResponseBytes)
        self.logger = logger
        complaints = LogLimiter(logger)
        failedLogins = FailedLogins(logger)
    }

    /// Those of the listener for administrators: memory and threads of their own, which nobody else takes up.
    init(forAdministratorsBeside other: ConnectionServices, longWork: BlockingWork) {
        self.longWork = longWork
        dispatch = other.dispatch
        quotas = other.quotas
        quotaWindows = other.quotaWindows
        memory = RequestMemory(limit: other.maxRequestByteCount)
        answers = AnswerMemory(limit: Self.answersOfAdministrators)
        limits = other.limits
        rates = other.rates
        isOfAdministrators = true
        maxRequestByteCount = other.maxRequestByteCount
        maxLoginByteCount = other.maxLoginByteCount
        setupTimeout = other.setupTimeout
        maxInFlight = other.maxInFlight
        maxUnwrittenByteCount = other.maxUnwrittenByteCount
        logger = other.logger
        complaints = LogLimiter(other.logger)
        failedLogins = other.failedLogins
    }

    private static let answersOfAdministrators = 16 << 20
}

extension ConnectionServices {
    /// Somebody waits for memory that others hold.
    var isMemoryScarce: Bool { memory.waiterCount > 0 || answers.waiterCount > 0 }

    /// `body` is called, from any thread, when somebody must wait for memory while nobody did.
    func whenMemoryIsScarce(_ body: @escaping @Sendable () -> Void) {
        memory.whenScarce(body)
        answers.whenScarce(body)
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
