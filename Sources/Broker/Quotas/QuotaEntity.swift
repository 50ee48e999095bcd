import KafkaProtocol
import NIOCore

/// Whom a quota is for: a user, a client id, both, or an address; each by its name or as the default of those
/// that have none of their own.
struct QuotaEntity: Hashable, Sendable {
    enum Name: Hashable, Sendable {
        case named(String)
        case byDefault

        var text: String? {
            switch self {
            case .named(let name): name
            case .byDefault: nil
            }
        }
    }

    var user: Name?
    var clientID: Name?
    var address: Name?

    static let userType = "user"
    static let clientIDType = "client-id"
    static let addressType = "ip"

    /// A name is kept in memory and written down, so it has a bound.
    static let longestName = 1024

    /// - Throws: INVALID_REQUEST for what is none of Kafka's entities. An address is numeric; Kafka also resolves
    ///   names of hosts.
    init(_ parts: [ClientQuotaEntityPart]) throws(Refusal) {
        guard !parts.isEmpty else {
            throw Refusal(.invalidRequest, "Invalid empty client quota entity")
        }
        for part in parts {
            let name = part.entityName.map(Name.named) ?? .byDefault
            if let text = part.entityName, text.isEmpty || text.utf8.count > Self.longestName {
                throw Refusal(
                    .invalidRequest,
                    "The name of a \(part.entityType) has 1 to \(Self.longestName) bytes.")
            }
            switch part.entityType {
            case Self.userType where user == nil: user = name
            case Self.clientIDType where clientID == nil: clientID = name
            case Self.addressType where address == nil: address = try Self.address(name)
            case Self.userType, Self.clientIDType, Self.addressType:
                throw Refusal(
                    .invalidRequest,
                    "Invalid client quota entity, duplicate entity entry \(part.entityType)")
            default:
                throw Refusal(
                    .invalidRequest, "Unhandled client quota entity type: \(part.entityType)")
            }
        }
        guard address == nil || user == nil && clientID == nil else {
            throw Refusal(
                .invalidRequest,
                "Invalid quota entity combination, IP entity should not be combined with User or ClientId"
            )
        }
    }

    /// An address as connections show it.
    private static func address(_ name: Name) throws(Refusal) -> Name {
        guard case .named(let text) = name else { return name }
        guard let address = PlainAddress(text) else {
            throw Refusal(.invalidRequest, "\(text) is not a valid IP address.")
        }
        return .named(address.text)
    }

    init(user: Name? = nil, clientID: Name? = nil, address: Name? = nil) {
        self.user = user
        self.clientID = clientID
        self.address = address
    }

    /// Whether it is for one alone, and no default.
    var isNamed: Bool { ![user, clientID, address].contains(.byDefault) }

    /// The names by their types, in Kafka's order.
    var parts: [ClientQuotaEntityPart] {
        [(Self.userType, user), (Self.clientIDType, clientID), (Self.addressType, address)]
            .compactMap { type, name in
                name.map { ClientQuotaEntityPart(entityType: type, entityName: $0.text) }
            }
    }

    func name(of type: String) -> Name? {
        switch type {
        case Self.userType: user
        case Self.clientIDType: clientID
        case Self.addressType: address
        default: nil
        }
    }
}

/// An address of IPv4 or IPv6 in the one form that connections are counted by.
struct PlainAddress: Hashable, Sendable {
    let text: String

    /// Nil where it is no address.
    init?(_ text: String) {
        guard let address = try? SocketAddress(ipAddress: text, port: 0).ipAddress else {
            return nil
        }
        self.init(ofSocket: address)
    }

    /// What a socket says. An IPv4 address that came in through IPv6 is written as what it is.
    init(ofSocket address: String) {
        let mapped = "::ffff:"
        text =
            address.hasPrefix(mapped) && address.contains(".")
            ? String(address.dropFirst(mapped.count)) : address
    }
}
