package import Security
import SettingKeys

/// How connections are opened and kept.
public struct ConnectionSettings: Sendable, Equatable {
    public var bootstrapServers: [BrokerAddress] = []
    public var clientID = "weir"
    public var requestTimeoutMs: Int64 = 30_000
    public var setupTimeoutMs: Int64 = 10_000
    public var reconnectBackoffMs: Int64 = 50
    public var reconnectBackoffMaxMs: Int64 = 1_000
    public var maxIdleMs: Int64 = 540_000
    public var sendBufferBytes: Int64 = 131_072
    public var receiveBufferBytes: Int64 = 65_536
    public var receiveMessageMaxBytes: Int64 = 100_000_000
    package var securityProtocol = SecurityProtocol.plaintext
    package var ssl = SSLSettings()
    package var saslMechanism = SaslMechanism.scramSHA512
    package var saslJaas = Secret()
    package var oauthBearer = OAuthBearerSettings()
    /// When a login is made again, of the time that it lasts: as in Kafka.
    var renewalShares = 0.85...0.95
    /// What `ssl` names, for all connections together; nil where settings were made without `ClientSettings`.
    var credentials: ClientCredentials?

    public init() {}

    static let table: [ClientSetting] = [
        .init(
            .servers("bootstrap.servers", \.connection.bootstrapServers),
            "The brokers to ask first, from which the client learns of all others."),
        .init(
            .text(
                "client.id", \.connection.clientID, expected: "at most 249 bytes",
                isAllowed: { $0.utf8.count <= 249 }),
            "The name under which brokers log, limit and count the client."),
        .init(
            .integer("request.timeout.ms", \.connection.requestTimeoutMs, positiveInt32),
            "How long a response may take; then the connection is closed and the request retried."),
        .init(
            .integer(
                "socket.connection.setup.timeout.ms", \.connection.setupTimeoutMs, positiveInt32),
            "How long a connection may take to be opened."),
        .init(
            .integer("reconnect.backoff.ms", \.connection.reconnectBackoffMs, nonNegativeInt32),
            "The wait before a broker is connected to again; it doubles with each failure."),
        .init(
            .integer(
                "reconnect.backoff.max.ms", \.connection.reconnectBackoffMaxMs, nonNegativeInt32),
            "The longest wait before a broker is connected to again."),
        .init(
            .integer("connections.max.idle.ms", \.connection.maxIdleMs, positiveInt32),
            "How long a connection without requests stays open."),
        .init(
            .integer(
                "send.buffer.bytes", \.connection.sendBufferBytes, -1...Int64(Int32.max)),
            "The socket's buffer for what is sent; −1 leaves it to the system."),
        .init(
            .integer(
                "receive.buffer.bytes", \.connection.receiveBufferBytes, -1...Int64(Int32.max)),
            "The socket's buffer for what is received; −1 leaves it to the system."),
        .init(
            .integer(
                "receive.message.max.bytes", \.connection.receiveMessageMaxBytes,
                1_000...Int64(Int32.max)),
            "The largest response that is read, a name of librdkafka's; a larger one ends the connection."
        ),
    ]
}

extension ConfigKey<ClientSettings> {
    fileprivate static func servers(
        _ name: String, _ path: WritableKeyPath<ClientSettings, [BrokerAddress]> & Sendable
    ) -> ConfigKey {
        ConfigKey(
            name: name, expected: "host:port, or several with commas between",
            read: { $0[keyPath: path].map(\.description).joined(separator: ",") },
            write: { settings, text in
                guard let addresses = BrokerAddress.list(text) else { return false }
                settings[keyPath: path] = addresses
                return true
            })
    }
}
