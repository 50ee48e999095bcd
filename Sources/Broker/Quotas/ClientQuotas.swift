import CommitLog
import KafkaProtocol
import Logging
import Synchronization

/// The quotas of the broker, as they are in the log directory, and what clients have used of them.
///
/// A connection asks for its client's uses once, and again after quotas were altered or a use was forgotten.
/// Thread contract: any thread; `alter` the control thread.
final class ClientQuotas: Sendable {
    private let directory: String
    private let windows: QuotaWindows
    private let mutationWindows: QuotaWindows
    private let state: Locked<QuotaTable>
    private let uses: Locked<KeptUses>
    /// Changes with each alteration; 0 while no client has a quota, so that this is all they cost then.
    private let version: Atomic<Int>
    private let addressesHaveQuotas: Atomic<Bool>
    private let alterations = Locked(1)

    /// Reads those of a log directory.
    init(
        directory: String, config: BrokerConfig, logger: Logger? = nil
    ) throws(LogError) {
        self.directory = directory
        windows = config.quotaWindows
        mutationWindows = config.mutationQuotaWindows
        uses = Locked(KeptUses(maximum: Int(config.maxQuotaClients)))
        let table = try Self.read(directory, logger)
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
        uses.withLock { $0.keep(table) }
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

    /// Whether the address has a quota of its own.
    func hasConnectionRate(named address: String) -> Bool {
        guard addressesHaveQuotas.load(ordering: .relaxed) else { return false }
        return state.withLock { $0.hasConnectionRate(named: address) }
    }

    /// The client id that quotas know a client by. One that is too long to be named in a quota counts as none, so that
    /// it costs no more than others to look up and to remember.
    static func counted(_ clientID: String?) -> String {
        guard let clientID, clientID.utf8.count <= QuotaEntity.longestName else { return "" }
        return clientID
    }

    /// The uses of a client.
    func uses(user: String, clientID: String, nowMs: Int64 = QuotaClock.nowMs) -> QuotaUses {
        let clientID = Self.counted(clientID)
        return uses.withLock { uses in
            // Read where nobody else sets limits, or an old one might be set after a new one.
            let table = table
            func use(_ key: QuotaKey, _ windows: QuotaWindows) -> QuotaUse? {
                table.limit(of: key, user: user, clientID: clientID).map {
                    uses.use(.init(key: key, quota: $0, windows: windows), nowMs: nowMs)
                }
            }
            return QuotaUses(
                producer: use(.producerByteRate, windows),
                consumer: use(.consumerByteRate, windows),
                request: use(.requestPercentage, windows),
                mutation: use(.controllerMutationRate, mutationWindows))
        }
    }

    /// Those of clients that only defaults hold for.
    var useCount: Int { uses.withLock { $0.count } }

    /// Kafka keeps what it was told: an address as somebody wrote it, or a host's name, and fractions of a byte.
    private static func read(
        _ directory: String, _ logger: Logger?
    ) throws(LogError) -> QuotaTable {
        var quotas: [QuotaEntity: [QuotaKey: Double]] = [:]
        for entry in try ClientQuotaCheckpoint.read(in: directory) {
            guard let key = QuotaKey(rawValue: entry.key) else { continue }
            var entity = QuotaEntity(
                user: .init(entry.user), clientID: .init(entry.clientID),
                address: .init(entry.address))
            var fault = key.fault(in: entry.value)
            if case .named(let text) = entity.address {
                let address = PlainAddress(text)
                if address == nil { fault = "\(String(reflecting: text)) is no address" }
                entity.address = .named(address?.text ?? text)
            }
            if let fault {
                logger?.warning(
                    "a quota in \(directory)/client-quotas-checkpoint does not hold: \(fault)")
                continue
            }
            quotas[entity, default: [:]][key] = key.kept(entry.value)
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
