import CommitLog
import KafkaProtocol
import Synchronization

/// The quotas of the broker, as they are in the log directory, and what clients have used of them.
///
/// A connection asks for its client's uses once, and again after quotas were altered. Uses are forgotten an hour
/// after they were used last, as in Kafka; where there are too many, as soon as they no longer count.
/// Thread contract: any thread; `alter` the control thread.
final class ClientQuotas: Sendable {
    private struct Uses {
        var byKey: [UseKey: QuotaUse] = [:]
        var sweptMs: Int64 = 0
        /// Shared by those who come when there is no room.
        var others: [QuotaKey: QuotaUse] = [:]
    }

    private struct UseKey: Hashable {
        var key: QuotaKey
        var owner: QuotaTable.Owner
    }

    private static let longestUnusedMs: Int64 = 3_600_000
    /// A look at all uses takes a while, and who comes with ever new names causes one a second at most.
    private static let sweepIntervalMs: Int64 = 1000

    private let directory: String
    private let windows: QuotaWindows
    private let mutationWindows: QuotaWindows
    private let maxUses: Int
    private let state: Locked<QuotaTable>
    private let uses = Locked(Uses())
    /// Changes with each alteration; 0 while no client has a quota, so that this is all they cost then.
    private let version: Atomic<Int>
    private let addressesHaveQuotas: Atomic<Bool>
    private let alterations = Locked(1)

    /// Reads those of a log directory.
    init(directory: String, config: BrokerConfig) throws(LogError) {
        self.directory = directory
        windows = config.quotaWindows
        mutationWindows = config.mutationQuotaWindows
        maxUses = Int(config.maxQuotaClients)
        let table = try Self.read(directory)
        state = Locked(table)
        version = Atomic(table.hasClients ? 1 : 0)
        addressesHaveQuotas = Atomic(table.hasAddresses)
    }

    var table: QuotaTable { state.withLock { $0 } }

    /// Whether a client may have a quota; else there is nothing to ask for.
    var currentVersion: Int { version.load(ordering: .relaxed) }

    /// Makes `table` durable, and then valid.
    func alter(to table: QuotaTable) throws(LogError) {
        try Self.write(table, in: directory)
        state.withLock { $0 = table }
        let next = alterations.withLock { count in
            count += 1
            return count
        }
        addressesHaveQuotas.store(table.hasAddresses, ordering: .relaxed)
        version.store(table.hasClients ? next : 0, ordering: .relaxed)
    }

    /// The connections a second that an address may open.
    func connectionRate(of address: String) -> Double? {
        guard addressesHaveQuotas.load(ordering: .relaxed) else { return nil }
        return state.withLock { $0.connectionRate(of: address) }
    }

    /// The uses of a client.
    func uses(user: String, clientID: String, nowMs: Int64 = QuotaClock.nowMs) -> QuotaUses {
        let table = table
        func use(_ key: QuotaKey) -> QuotaUse? {
            table.limit(of: key, user: user, clientID: clientID).map { owner, limit in
                self.use(UseKey(key: key, owner: owner), limit: limit, nowMs)
            }
        }
        return QuotaUses(
            producer: use(.producerByteRate), consumer: use(.consumerByteRate),
            request: use(.requestPercentage), mutation: use(.controllerMutationRate))
    }

    private func use(_ key: UseKey, limit: Double, _ nowMs: Int64) -> QuotaUse {
        let windows = key.key == .controllerMutationRate ? mutationWindows : windows
        return uses.withLock { uses in
            if let use = uses.byKey[key] {
                use.set(limit: limit, nowMs: nowMs)
                return use
            }
            sweep(&uses, nowMs)
            let made = QuotaUse(limit: limit, windows: windows, nowMs: nowMs)
            guard uses.byKey.count < maxUses else {
                let shared = uses.others[key.key] ?? made
                shared.set(limit: limit, nowMs: nowMs)
                uses.others[key.key] = shared
                return shared
            }
            uses.byKey[key] = made
            return made
        }
    }

    private func sweep(_ uses: inout Uses, _ nowMs: Int64) {
        guard nowMs - uses.sweptMs >= Self.sweepIntervalMs else { return }
        uses.sweptMs = nowMs
        let isFull = uses.byKey.count >= maxUses
        // What was not used in any window counts for nothing, so nothing is lost with it.
        let unusedMs =
            isFull ? max(windows.spanMs, mutationWindows.spanMs) : Self.longestUnusedMs
        uses.byKey = uses.byKey.filter { !$0.value.isUnused(since: nowMs - unusedMs) }
    }

    var useCount: Int { uses.withLock { $0.byKey.count } }

    private static func read(_ directory: String) throws(LogError) -> QuotaTable {
        var quotas: [QuotaEntity: [QuotaKey: Double]] = [:]
        for entry in try ClientQuotaCheckpoint.read(in: directory) {
            guard let key = QuotaKey(rawValue: entry.key) else { continue }
            let entity = QuotaEntity(
                user: .init(entry.user), clientID: .init(entry.clientID),
                address: .init(entry.address))
            quotas[entity, default: [:]][key] = entry.value
        }
        return QuotaTable(quotas)
    }

    private static func write(_ table: QuotaTable, in directory: String) throws(LogError) {
        let entries = table.quotas.flatMap { entity, values in
            values.map { key, value in
                ClientQuotaCheckpoint.Entry(
                    key: key.rawValue, value: value, user: .init(entity.user),
                    clientID: .init(entity.clientID), address: .init(entity.address))
            }
        }
        try ClientQuotaCheckpoint.write(entries, in: directory)
    }
}

extension QuotaEntity.Name? {
    fileprivate init(_ stored: ClientQuotaCheckpoint.Name) {
        switch stored {
        case .absent: self = nil
        case .byDefault: self = .byDefault
        case .named(let name): self = .named(name)
        }
    }
}

extension ClientQuotaCheckpoint.Name {
    fileprivate init(_ name: QuotaEntity.Name?) {
        switch name {
        case nil: self = .absent
        case .byDefault: self = .byDefault
        case .named(let name): self = .named(name)
        }
    }
}

extension BrokerConfig {
    var quotaWindows: QuotaWindows {
        QuotaWindows(count: Int(quotaWindowNum), milliseconds: quotaWindowSizeSeconds * 1000)
    }

    var mutationQuotaWindows: QuotaWindows {
        QuotaWindows(
            count: Int(controllerQuotaWindowNum),
            milliseconds: controllerQuotaWindowSizeSeconds * 1000)
    }
}
