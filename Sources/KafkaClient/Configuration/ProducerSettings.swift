import SettingKeys

/// How batches are sent, and until when they are sent again.
public struct ProducerSettings: Sendable, Equatable {
    public var acks = Acks.all
    public var enableIdempotence = true
    public var maxInFlightRequestsPerConnection: Int64 = 5
    public var maxRequestSize: Int64 = 1_048_576
    public var retries: Int64 = Int64(Int32.max)
    public var deliveryTimeoutMs: Int64 = 120_000

    public init() {}

    /// With more requests in flight a broker could not check the order of an idempotent producer's
    /// batches: it remembers that many.
    static let maxInFlightOfIdempotence: Int64 = 5

    static let table: [ClientSetting] = [
        .init(
            ConfigKey(
                name: "acks", expected: "all, -1, 0 or 1", read: { $0.producer.acks.name },
                write: { settings, text in
                    guard let acks = Acks(text) else { return false }
                    settings.producer.acks = acks
                    return true
                }),
            "Which replicas must have a batch before it is acknowledged: all in sync, the leader (1), none (0)."
        ),
        .init(
            .flag("enable.idempotence", \.producer.enableIdempotence),
            "Whether the broker drops what was sent again, and keeps each partition's order."),
        .init(
            .integer(
                "max.in.flight.requests.per.connection",
                \.producer.maxInFlightRequestsPerConnection, 1...1_000),
            "How many requests may wait for their responses on one connection."),
        .init(
            .integer("max.request.size", \.producer.maxRequestSize, nonNegativeInt32),
            "The size of a request up to which batches of several partitions are gathered."),
        .init(
            .integer("retries", \.producer.retries, nonNegativeInt32),
            "How often a batch is sent again after an error that may pass."),
        .init(
            .integer("delivery.timeout.ms", \.producer.deliveryTimeoutMs, nonNegativeInt32),
            "How long a batch may take until it is acknowledged, retries included."),
    ]

    /// Idempotence that was not asked for gives way to other settings.
    mutating func adaptIdempotence() {
        enableIdempotence =
            acks == .all && retries > 0
            && maxInFlightRequestsPerConnection <= Self.maxInFlightOfIdempotence
    }

    func validate(requestTimeoutMs: Int64) throws(ClientSettingsError) {
        guard deliveryTimeoutMs >= requestTimeoutMs else {
            throw .conflict(
                "delivery.timeout.ms=\(deliveryTimeoutMs) ends before one request may",
                remedy: "make it at least request.timeout.ms, \(requestTimeoutMs)")
        }
        guard enableIdempotence else { return }
        guard acks == .all else {
            throw .conflict(
                "enable.idempotence=true with acks=\(acks.name)", remedy: "set acks=all")
        }
        guard retries > 0 else {
            throw .conflict(
                "enable.idempotence=true with retries=0", remedy: "set retries=1 or more")
        }
        guard maxInFlightRequestsPerConnection <= Self.maxInFlightOfIdempotence else {
            throw .conflict(
                "enable.idempotence=true with max.in.flight.requests.per.connection="
                    + "\(maxInFlightRequestsPerConnection)",
                remedy: "set it to \(Self.maxInFlightOfIdempotence) or less")
        }
    }
}
