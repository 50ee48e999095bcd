import KafkaProtocol

/// The sender of a request and its connection, for handlers.
struct RequestContext: Sendable {
    var header: RequestHeader
    /// The connection's id, unique in the life of the broker.
    var connection: ConnectionID
    /// The peer's address, without its port, as DescribeGroups shows it: `/127.0.0.1`.
    var clientHost: String
    /// Who the client is.
    var principal = Principal.anonymous
    /// Decides what the client may do; nil where whoever is let in may do everything.
    var authorizer: Authorizer?
    /// What that says of the client, by the ACLs that held when the request came.
    var rights: AclRights?
    /// The port of the listener that the client came to.
    var localPort: Int
    /// The address that this listener tells its clients.
    var advertised = Endpoint(host: "localhost", port: Endpoint.defaultPort)

    /// What the request uses of its client's quotas; nil where it has none.
    var charge: RequestCharge?

    var version: Int16 { header.apiVersion }
    /// Kafka's group protocol makes member ids of it; a client may have none.
    var clientID: String { header.clientID ?? "" }
}

/// Names a connection, for logs, limits and what ends with it.
struct ConnectionID: Hashable, Sendable, CustomStringConvertible {
    let rawValue: UInt64

    var description: String { "connection \(rawValue)" }
}
