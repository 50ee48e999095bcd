import KafkaProtocol

/// All quotas that are set, and which of them holds for a client. A value; who changes it writes it down first.
struct QuotaTable: Sendable, Equatable {
    private(set) var quotas: [QuotaEntity: [QuotaKey: Double]] = [:]

    init() {}

    init(_ quotas: [QuotaEntity: [QuotaKey: Double]]) {
        self.quotas = quotas.filter { !$0.value.isEmpty }
    }

    subscript(_ entity: QuotaEntity) -> [QuotaKey: Double] {
        get { quotas[entity] ?? [:] }
        set { quotas[entity] = newValue.isEmpty ? nil : newValue }
    }

    var isEmpty: Bool { quotas.isEmpty }
    /// Whether any is for users or client ids, and not for addresses.
    var hasClients: Bool { quotas.keys.contains { $0.address == nil } }
    var hasAddresses: Bool { quotas.keys.contains { $0.address != nil } }

    /// Those who share one quota's use: a client id, a user, or one client id of one user.
    struct Owner: Hashable, Sendable {
        var user: String?
        var clientID: String?
    }

    /// What holds for a client.
    struct Limit {
        var entity: QuotaEntity
        var owner: Owner
        var value: Double
    }

    /// The limit that holds for a client, and with whom it shares it. The most specific quota holds; of a user's and
    /// a client id's the user's does. A client without an id has the default's quota; in Kafka it has none.
    func limit(of key: QuotaKey, user: String, clientID: String) -> Limit? {
        let (ofUser, ofClient) = (QuotaEntity.Name.named(user), QuotaEntity.Name.named(clientID))
        let both = Owner(user: user, clientID: clientID)
        let userAlone = Owner(user: user)
        let clientAlone = Owner(clientID: clientID)
        let candidates: [(QuotaEntity, Owner)] = [
            (QuotaEntity(user: ofUser, clientID: ofClient), both),
            (QuotaEntity(user: ofUser, clientID: .byDefault), both),
            (QuotaEntity(user: ofUser), userAlone),
            (QuotaEntity(user: .byDefault, clientID: ofClient), both),
            (QuotaEntity(user: .byDefault, clientID: .byDefault), both),
            (QuotaEntity(user: .byDefault), userAlone),
            (QuotaEntity(clientID: ofClient), clientAlone),
            (QuotaEntity(clientID: .byDefault), clientAlone),
        ]
        for (entity, owner) in candidates {
            if let value = quotas[entity]?[key] {
                return Limit(entity: entity, owner: owner, value: value)
            }
        }
        return nil
    }

    /// The connections a second that an address may open; nil where there is no quota.
    func connectionRate(of address: String) -> Double? {
        let key = QuotaKey.connectionCreationRate
        return quotas[QuotaEntity(address: .named(address))]?[key]
            ?? quotas[QuotaEntity(address: .byDefault)]?[key]
    }

    func hasConnectionRate(named address: String) -> Bool {
        quotas[QuotaEntity(address: .named(address))]?[.connectionCreationRate] != nil
    }
}

extension QuotaTable {
    /// What the changes make of one entity's quotas; throws what Kafka refuses.
    func values(
        of entity: QuotaEntity, after operations: [AlterClientQuotasRequest.Operation]
    ) throws(Refusal) -> [QuotaKey: Double] {
        var values = self[entity]
        var seen: Set<String> = []
        for operation in operations {
            guard seen.insert(operation.key).inserted else {
                throw Refusal(
                    .invalidRequest,
                    "Duplicate quota key \(operation.key) not updating quota for this entity")
            }
            guard let key = QuotaKey(rawValue: operation.key),
                key.isOfAddress == (entity.address != nil)
            else {
                // As in Kafka, what is not there may be removed whatever its name.
                if operation.remove { continue }
                throw Refusal(.invalidRequest, "Invalid configuration key \(operation.key)")
            }
            if operation.remove {
                values[key] = nil
            } else if let fault = key.fault(in: operation.value) {
                throw Refusal(.invalidRequest, fault)
            } else {
                values[key] = key.kept(operation.value)
            }
        }
        return values
    }

    /// The quotas that a request describes, in a fixed order.
    func described(
        by components: [DescribeClientQuotasRequest.Component], strict: Bool
    ) throws(Refusal) -> [(QuotaEntity, [QuotaKey: Double])] {
        var types: Set<String> = []
        for component in components {
            guard
                [QuotaEntity.userType, QuotaEntity.clientIDType, QuotaEntity.addressType]
                    .contains(component.entityType)
            else {
                throw Refusal(
                    component.entityType.isEmpty ? .invalidRequest : .unsupportedVersion,
                    "Custom entity type \(component.entityType) not supported")
            }
            guard types.insert(component.entityType).inserted else {
                throw Refusal(
                    .invalidRequest,
                    "Entity type \(component.entityType) cannot appear more than once in the filter."
                )
            }
            guard (0...2).contains(component.matchType),
                (component.matchType == 0) == (component.match != nil)
            else { throw Refusal(.invalidRequest, "A match of this type is not known.") }
        }
        if types.contains(QuotaEntity.addressType), types.count > 1 {
            throw Refusal(
                .invalidRequest,
                "Invalid entity filter component combination, IP filter component should not be used with "
                    + "user or clientId filter component.")
        }
        let components = components.map(Self.normalized)
        return quotas.filter { entity, _ in
            Self.matches(entity, components)
                && (!strict || entity.parts.allSatisfy { types.contains($0.entityType) })
        }.sorted { Self.precedes($0.key, $1.key) }.map { ($0.key, $0.value) }
    }

    /// With an address in the form in which quotas have it.
    private static func normalized(
        _ component: DescribeClientQuotasRequest.Component
    ) -> DescribeClientQuotasRequest.Component {
        guard component.entityType == QuotaEntity.addressType, let text = component.match,
            let address = PlainAddress(text)
        else { return component }
        var component = component
        component.match = address.text
        return component
    }

    private static func matches(
        _ entity: QuotaEntity, _ components: [DescribeClientQuotasRequest.Component]
    ) -> Bool {
        components.allSatisfy { component in
            guard let name = entity.name(of: component.entityType) else { return false }
            switch component.matchType {
            case 0: return name.text == component.match
            case 1: return name == .byDefault
            default: return true
            }
        }
    }

    private static func precedes(_ left: QuotaEntity, _ right: QuotaEntity) -> Bool {
        func words(_ entity: QuotaEntity) -> [String] {
            [entity.user, entity.clientID, entity.address].map { name in
                name.map { "1" + ($0.text.map { "1" + $0 } ?? "0") } ?? "0"
            }
        }
        return words(left).lexicographicallyPrecedes(words(right))
    }
}
