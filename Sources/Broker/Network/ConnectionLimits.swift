import CommitLog

/// How many connections there are, in all and from each address. Thread contract: any thread.
final class ConnectionLimits: Sendable {
    enum Refusal: Error, Equatable, CustomStringConvertible {
        case total(limit: Int)
        case address(String, limit: Int)

        var description: String {
            switch self {
            case .total(let limit):
                "\(limit) connections, as max.connections or the limit of open files allows, are reached"
            case .address(let host, let limit):
                "max.connections.per.ip=\(limit) is reached for \(host)"
            }
        }
    }

    private struct State {
        var total = 0
        var byHost: [String: Int] = [:]
    }

    private let maxTotal: Int
    private let maxPerHost: Int
    private let state = Locked(State())

    init(maxTotal: Int, maxPerHost: Int) {
        self.maxTotal = maxTotal
        self.maxPerHost = maxPerHost
    }

    var total: Int { state.withLock { $0.total } }

    func admit(_ host: String) throws(Refusal) {
        try state.withLock { (state) throws(Refusal) in
            guard state.total < maxTotal else { throw .total(limit: maxTotal) }
            guard state.byHost[host, default: 0] < maxPerHost else {
                throw .address(host, limit: maxPerHost)
            }
            state.total += 1
            state.byHost[host, default: 0] += 1
        }
    }

    func leave(_ host: String) {
        state.withLock { state in
            state.total -= 1
            let left = state.byHost[host, default: 1] - 1
            state.byHost[host] = left > 0 ? left : nil
        }
    }
}
