import CommitLog
import Glibc

/// How many connections there are: in all, at each listener, and from each address, of
/// IPv6 from each network of 64 bits. Those of the listener for
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
                let (counted, limit) = share(of: host)
                guard state.byHost[counted, default: 0] < limit else {
                    throw .address(counted, limit: limit)
                }
                state.total += 1
                state.byHost[counted, default: 0] += 1
            }
            state.byListener[listener] = count + 1
        }
    }

    func leave(_ host: String, listener: String = "") {
        state.withLock { state in
            state.byListener[listener, default: 1] -= 1
            guard listener != administrators else { return }
            state.total -= 1
            let (counted, _) = share(of: host)
            let left = state.byHost[counted, default: 1] - 1
            state.byHost[counted] = left > 0 ? left : nil
        }
    }

    /// What an address is counted as, and how often.
    private func share(of host: String) -> (counted: String, limit: Int) {
        if let limit = maxOfHost[host] { return (host, limit) }
        return (Self.network(of: host), maxPerHost)
    }

    /// An IPv4 address, or the network of 64 bits that an IPv6 one is in: whoever has one address of that has all.
    static func network(of host: String) -> String {
        guard host.utf8.contains(UInt8(ascii: ":")) else { return host }
        var address = in6_addr()
        guard unsafe inet_pton(AF_INET6, host, &address) == 1 else { return host }
        return unsafe withUnsafeBytes(of: &address) { bytes in
            let groups = stride(from: 0, to: 8, by: 2).map {
                unsafe String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16)
            }
            return groups.joined(separator: ":") + "::/64"
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
