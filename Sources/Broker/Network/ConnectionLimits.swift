import CommitLog

/// How many connections there are: in all, at each listener, and from each address. Those of the listener for
/// administrators count for that listener alone, so that they find a place when all others are taken.
/// Thread contract: any thread.
final class ConnectionLimits: Sendable {
    enum Refusal: Error, Equatable, CustomStringConvertible {
        case total(limit: Int)
        case listener(String, limit: Int)
        case address(String, limit: Int)

        var description: String {
            switch self {
            case .total(let limit):
                "\(limit) connections, as max.connections or the limit of open files allows, are reached"
            case .listener(let name, let limit):
                "listener.name.\(name.lowercased()).max.connections=\(limit) is reached"
            case .address(let host, let limit):
                "max.connections.per.ip=\(limit), or what max.connections.per.ip.overrides has for it, is "
                    + "reached for \(host)"
            }
        }
    }

    private struct State {
        var total = 0
        var byHost: [String: Int] = [:]
        var byListener: [String: Int] = [:]
    }

    private let maxTotal: Int
    private let maxPerHost: Int
    private let maxOfHost: [String: Int]
    private let maxOfListener: [String: Int]
    private let administrators: String?
    private let state = Locked(State())

    init(
        maxTotal: Int, maxPerHost: Int, maxOfHost: [String: Int] = [:],
        maxOfListener: [String: Int] = [:], administrators: String? = nil
    ) {
        self.maxTotal = maxTotal
        self.maxPerHost = maxPerHost
        self.maxOfHost = maxOfHost
        self.maxOfListener = maxOfListener
        self.administrators = administrators
    }

    /// Of all listeners.
    var total: Int { state.withLock { $0.byListener.values.reduce(0, +) } }

    func admit(_ host: String, listener: String = "") throws(Refusal) {
        try state.withLock { (state) throws(Refusal) in
            let count = state.byListener[listener, default: 0]
            if let limit = maxOfListener[listener], count >= limit {
                throw .listener(listener, limit: limit)
            }
            if listener != administrators {
                guard state.total < maxTotal else { throw .total(limit: maxTotal) }
                let limit = maxOfHost[host] ?? maxPerHost
                guard state.byHost[host, default: 0] < limit else {
                    throw .address(host, limit: limit)
                }
                state.total += 1
                state.byHost[host, default: 0] += 1
            }
            state.byListener[listener] = count + 1
        }
    }

    func leave(_ host: String, listener: String = "") {
        state.withLock { state in
            state.byListener[listener, default: 1] -= 1
            guard listener != administrators else { return }
            state.total -= 1
            let left = state.byHost[host, default: 1] - 1
            state.byHost[host] = left > 0 ? left : nil
        }
    }
}

extension ConnectionLimits {
    /// As the broker is configured.
    convenience init(_ config: BrokerConfig) {
        var maxOfListener: [String: Int] = [:]
        for (name, limits) in config.listenerLimits {
            maxOfListener[name] = Int(limits.maxConnections)
        }
        let administrators = config.adminListenerName
        var reserved = 0
        if !administrators.isEmpty {
            let limit = config.adminListenerMaxConnections
            maxOfListener[administrators] = limit
            reserved = limit
        }
        self.init(
            maxTotal: min(
                Int(config.maxConnections), max(1, Descriptors.connectionLimit - reserved)),
            maxPerHost: Int(config.maxConnectionsPerIP), maxOfHost: config.maxConnectionsOfAddress,
            maxOfListener: maxOfListener,
            administrators: administrators.isEmpty ? nil : administrators)
    }
}
