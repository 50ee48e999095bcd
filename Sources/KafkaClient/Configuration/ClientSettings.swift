internal import Security
import SettingKeys

/// The settings of a client, under Kafka's names and with Kafka's defaults. Times are milliseconds and
/// sizes bytes, as in Kafka's names.
public struct ClientSettings: Sendable, Equatable {
    public var connection = ConnectionSettings()
    public var metadata = MetadataSettings()
    public var producer = ProducerSettings()
    public var consumer = ConsumerSettings()
    public var group = GroupSettings()
    public var share = ShareSettings()

    public init() {}

    /// Every setting there is.
    public static let table: [ClientSetting] =
        ConnectionSettings.table + ConnectionSettings.securityTable + MetadataSettings.table
        + ProducerSettings.table
        + ConsumerSettings.table + GroupSettings.table + ShareSettings.table

    public static var names: [String] { table.map(\.name) }

    /// Kafka's defaults with `values` in their place, checked one by one and against each other.
    public init(_ values: [String: String]) throws(ClientSettingsError) {
        self.init()
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            guard let setting = Self.table.first(where: { $0.name == name }) else {
                throw .unknown(name: name, nearest: NearestName.of(name, among: Self.names))
            }
            guard setting.key.write(&self, value) else {
                throw .invalid(
                    name: name, value: setting.isSecret ? Secret.hidden : value,
                    expected: setting.expected)
            }
        }
        // As in Kafka: who asks for other acks, and not for idempotence, has none.
        if values["enable.idempotence"] == nil { producer.adaptIdempotence() }
        // Nothing, as in Kafka, is not set.
        try group.refuseForeign(values.filter { $0.value.contains { $0 != " " } }.keys)
        try validate()
        guard connection.securityProtocol != .plaintext else { return }
        let source = connection.tokenSource
        if case .unfit(let reason)? = source {
            throw .conflict("sasl.mechanism=OAUTHBEARER", remedy: reason)
        }
        connection.credentials = ClientCredentials(connection.ssl, tokens: source)
    }

    /// Refuses settings that contradict each other.
    func validate() throws(ClientSettingsError) {
        guard !connection.bootstrapServers.isEmpty else { throw .missing("bootstrap.servers") }
        try producer.validate(requestTimeoutMs: connection.requestTimeoutMs)
        try group.validate()
    }

    /// The value of every setting, in the order of the table.
    public var entries: [(name: String, value: String)] {
        Self.table.map { ($0.name, $0.key.read(self)) }
    }
}
