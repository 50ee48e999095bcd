import KafkaProtocol

/// Which metrics the broker wants of which clients (KIP-714), from the settings of a resource of the type
/// CLIENT_METRICS.
struct MetricsSubscription: Sendable {
    /// The beginnings of metrics' names; `*` for all.
    let metrics: [String]
    let intervalMs: Int32
    /// What must match of a client, all of them.
    let matches: [(key: MatchKey, pattern: TopicPattern)]

    enum MatchKey: String, CaseIterable, Sendable {
        case clientInstanceID = "client_instance_id"
        case clientID = "client_id"
        case softwareName = "client_software_name"
        case softwareVersion = "client_software_version"
        case sourceAddress = "client_source_address"
        case sourcePort = "client_source_port"
    }

    static let all = "*"
    static let standardIntervalMs: Int32 = 300_000
    private static let intervals: ClosedRange<Int32> = 100...3_600_000
    private static let longestName = 249
    private static let longestList = 8192
    private static let longestPattern = 512
    /// The steps that one client may take against the patterns of all subscriptions.
    static let matchAllowance = 50_000
    /// The states that the patterns of a subscription may have, all together.
    private static let maximumStateCount = TopicPattern.maximumStateCount
    /// Of a pattern so many states are made ready at the cost of a step.
    private static let statesPerStep = 8

    /// Kafka's settings of a subscription, with their defaults.
    static let settings: [(name: String, type: ConfigType, standard: String, text: String)] = [
        (
            "metrics", .list, "",
            "The beginnings of the names of the metrics that clients are to send; * for all."
        ),
        ("interval.ms", .int, String(standardIntervalMs), "How often clients send them."),
        (
            "match", .list, "",
            "Of which clients: KEY=REGULAR EXPRESSION with commas between, of the keys "
                + MatchKey.allCases.map(\.rawValue).joined(separator: ", ") + "."
        ),
    ]

    static let listSettings = Set(settings.filter { $0.type == .list }.map(\.name))

    /// The settings of a subscription as DescribeConfigs shows them.
    static func described(_ values: [String: String]) -> [DescribedSetting] {
        settings.map { setting in
            var synonyms: [DescribedSetting.Synonym] = []
            if let value = values[setting.name] {
                synonyms.append(.init(name: setting.name, value: value, source: .clientMetrics))
            }
            synonyms.append(
                .init(name: setting.name, value: setting.standard, source: .defaultConfig))
            return DescribedSetting(
                name: setting.name, value: values[setting.name] ?? setting.standard,
                synonyms: synonyms, isReadOnly: false, type: setting.type,
                documentation: setting.text)
        }
    }

    static func validate(name: String) throws(Refusal) {
        guard !name.isEmpty, name.utf8.count <= longestName else {
            throw Refusal(
                .invalidRequest, "A subscription's name has 1 to \(longestName) bytes.")
        }
    }

    /// - Throws: INVALID_REQUEST or INVALID_CONFIG for what Kafka refuses.
    init(_ values: [String: String]) throws(Refusal) {
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            guard Self.settings.contains(where: { $0.name == key }) else {
                throw Refusal(.invalidRequest, "Unknown client metrics configuration: \(key)")
            }
            guard value.utf8.count <= Self.longestList else {
                throw Refusal(.invalidConfig, "\(key) has \(Self.longestList) bytes at most.")
            }
        }
        metrics = ListenerName.parts(values["metrics"] ?? "")
        let interval = values["interval.ms"] ?? String(Self.standardIntervalMs)
        guard let milliseconds = Int32(interval), Self.intervals.contains(milliseconds) else {
            throw Refusal(
                .invalidRequest,
                "Invalid value \(interval) for interval.ms, interval must be between 100 and 3600000 (1 hour)"
            )
        }
        intervalMs = milliseconds
        var matches: [(MatchKey, TopicPattern)] = []
        for part in ListenerName.parts(values["match"] ?? "") {
            let pair = part.split(separator: "=", omittingEmptySubsequences: false).map {
                ListenerName.parts(String($0)).first ?? ""
            }
            guard pair.count == 2, let key = MatchKey(rawValue: pair[0]),
                pair[1].utf8.count <= Self.longestPattern,
                let pattern = try? TopicPattern(pair[1])
            else {
                throw Refusal(.invalidConfig, "Illegal client matching pattern: \(part)")
            }
            matches.append((key, pattern))
            guard matches.reduce(0, { $0 + $1.1.program.count }) <= Self.maximumStateCount else {
                throw Refusal(.invalidConfig, "The patterns of match are too long.")
            }
        }
        self.matches = matches
    }

    /// The steps are taken off the allowance; without any left nothing matches.
    func matches(_ client: TelemetryClient, allowance: inout Int) -> Bool {
        for (key, pattern) in matches {
            let value = client[key]
            allowance -= pattern.program.count / Self.statesPerStep
            guard allowance >= 0 else { return false }
            let found = pattern.matches(among: [value], allowance: &allowance)
            guard found?.contains(value) == true else { return false }
        }
        return true
    }
}

/// Who sends metrics, as subscriptions describe clients.
struct TelemetryClient: Sendable, Equatable {
    var instanceID = ""
    var clientID = ""
    var software = ClientSoftware()
    var address = ""
    var port = 0

    /// Only so much of a client id is kept.
    static func kept(_ clientID: String) -> String {
        guard clientID.utf8.count > longestClientID else { return clientID }
        return String(decoding: clientID.utf8.prefix(longestClientID), as: UTF8.self)
    }

    static let longestClientID = 1024

    subscript(_ key: MetricsSubscription.MatchKey) -> String {
        switch key {
        case .clientInstanceID: instanceID
        case .clientID: clientID
        case .softwareName: software.name
        case .softwareVersion: software.version
        case .sourceAddress: address
        case .sourcePort: String(port)
        }
    }
}

/// What a client calls its own program, in ApiVersions.
struct ClientSoftware: Sendable, Equatable {
    var name = ""
    var version = ""

    private static let longest = 256

    init() {}

    /// Only so much of both is kept.
    init(_ request: ApiVersionsRequest) {
        name = String(decoding: request.clientSoftwareName.utf8.prefix(Self.longest), as: UTF8.self)
        version = String(
            decoding: request.clientSoftwareVersion.utf8.prefix(Self.longest), as: UTF8.self)
    }
}
