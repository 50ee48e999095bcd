import CommitLog

/// How fast connections come (KIP-612): to all listeners, to each, and from each address. What has no limit is not
/// counted. As in Kafka, an address that opens too many has them closed, after a delay; a listener to which too many
/// come pauses.
/// Thread contract: any thread.
final class ConnectionRates: Sendable {
    private struct State {
        var all: SampledRate
        var byListener: [String: SampledRate] = [:]
        var byAddress: [String: SampledRate] = [:]
        var sweptMs: Int64 = 0
        var heldCount = 0
    }

    /// So many addresses are counted at a time. One that finds no place is let in.
    private static let maxAddresses = 65_536
    private static let sweepIntervalMs: Int64 = 1000
    /// So many connections that came too early wait for their end; those beyond end at once, since each has a
    /// descriptor.
    private static let maxHeld = 128

    private let windows: QuotaWindows
    private let limit: Double?
    private let limitOfListener: [String: Double]
    private let administrators: String
    private let quotas: ClientQuotas
    private let state: Locked<State>

    init(_ config: BrokerConfig, quotas: ClientQuotas) {
        windows = config.quotaWindows
        func limit(_ value: Int64) -> Double? {
            value == ListenerLimits.unlimited ? nil : Double(value)
        }
        self.limit = limit(config.maxConnectionCreationRate)
        limitOfListener = config.listenerLimits.compactMapValues {
            limit($0.maxConnectionCreationRate)
        }
        administrators = config.adminListenerName
        self.quotas = quotas
        state = Locked(State(all: SampledRate(config.quotaWindows)))
    }

    /// Whether connections to this listener are counted.
    func hasLimit(for listener: String) -> Bool {
        limitOfListener[listener] != nil || (limit != nil && listener != administrators)
    }

    /// Counts a connection that its address may open; returns how many milliseconds the listener is to accept no other.
    func accept(at listener: String, nowMs: Int64 = QuotaClock.nowMs) -> Int64 {
        guard hasLimit(for: listener) else { return 0 }
        return state.withLock { state in
            var delay = 0.0
            if let limit, listener != administrators {
                state.all.record(1, nowMs: nowMs)
                delay = state.all.delayMs(limit: limit, nowMs: nowMs)
            }
            if let limit = limitOfListener[listener] {
                var rate = state.byListener[listener] ?? SampledRate(windows)
                rate.record(1, nowMs: nowMs)
                delay = max(delay, rate.delayMs(limit: limit, nowMs: nowMs))
                state.byListener[listener] = rate
            }
            return bounded(delay)
        }
    }

    /// Counts a connection from an address; returns 0 where it may stay, else after how many milliseconds it is to
    /// end. One that ends counts nowhere: its address would keep all others out.
    func admit(
        _ address: String, at listener: String, nowMs: Int64 = QuotaClock.nowMs
    ) -> Int64 {
        guard listener != administrators, let limit = quotas.connectionRate(of: address) else {
            return 0
        }
        // What a default holds for is counted by the network, as numbers of connections are.
        let counted =
            quotas.hasConnectionRate(named: address)
            ? address : ConnectionLimits.network(of: address)
        return state.withLock { state in
            var rate = state.byAddress[counted] ?? SampledRate(windows)
            rate.record(1, nowMs: nowMs)
            let delay = bounded(rate.delayMs(limit: limit, nowMs: nowMs))
            if delay > 0 { rate.record(-1, nowMs: nowMs) }
            if state.byAddress[counted] == nil, state.byAddress.count >= Self.maxAddresses {
                sweep(&state, nowMs)
                guard state.byAddress.count < Self.maxAddresses else { return delay }
            }
            state.byAddress[counted] = rate
            return delay
        }
    }

    private func sweep(_ state: inout State, _ nowMs: Int64) {
        guard nowMs - state.sweptMs >= Self.sweepIntervalMs else { return }
        state.sweptMs = nowMs
        state.byAddress = state.byAddress.filter { !$0.value.isOver(nowMs: nowMs) }
    }

    /// As in Kafka, no longer than a window.
    private func bounded(_ delayMs: Double) -> Int64 {
        delayMs <= 0 ? 0 : max(1, Int64(min(delayMs, Double(windows.milliseconds)).rounded()))
    }

    /// Whether another connection may wait for its end. Whoever is told so calls `release`.
    func hold() -> Bool {
        state.withLock { state in
            guard state.heldCount < Self.maxHeld else { return false }
            state.heldCount += 1
            return true
        }
    }

    /// How many wait for their end.
    var heldCount: Int { state.withLock { $0.heldCount } }

    func release() { state.withLock { $0.heldCount -= 1 } }
}

/// A connection came from an address that opens too many.
struct ConnectionThrottled: Error, CustomStringConvertible {
    var address: String
    var delayMs: Int64

    var description: String {
        "connection_creation_rate is reached for \(address), which has to wait \(delayMs) ms"
    }
}

/// Connections come faster than a limit allows: the listening channel that this is fired at accepts none for so long.
struct ConnectionsTooFast: Sendable {
    var delayMs: Int64
}
