// Enumerations of the protocol. An unknown number is kept, so that the response can repeat it.

/// Whether a consumer sees records of transactions that are not committed.
public struct IsolationLevel: IntegerField, Hashable {
    public var rawValue: Int8

    public init(rawValue: Int8) { self.rawValue = rawValue }

    public static let readUncommitted = IsolationLevel(rawValue: 0)
    public static let readCommitted = IsolationLevel(rawValue: 1)
}

/// The kinds of coordinators.
public struct CoordinatorType: IntegerField, Hashable {
    public var rawValue: Int8

    public init(rawValue: Int8) { self.rawValue = rawValue }

    public static let group = CoordinatorType(rawValue: 0)
    public static let transaction = CoordinatorType(rawValue: 1)
    /// What keeps the state of share partitions; its keys are `group:topic id:partition`.
    public static let share = CoordinatorType(rawValue: 2)
}

/// The kinds of resources whose settings are described or altered.
public struct ConfigResourceType: IntegerField, Hashable {
    public var rawValue: Int8

    public init(rawValue: Int8) { self.rawValue = rawValue }

    public static let unknown = ConfigResourceType(rawValue: 0)
    public static let topic = ConfigResourceType(rawValue: 2)
    public static let broker = ConfigResourceType(rawValue: 4)
    public static let brokerLogger = ConfigResourceType(rawValue: 8)
    /// A subscription to the metrics of clients (KIP-714).
    public static let clientMetrics = ConfigResourceType(rawValue: 16)
    public static let group = ConfigResourceType(rawValue: 32)
}

/// The source of a setting's value.
public struct ConfigSource: IntegerField, Hashable {
    public var rawValue: Int8

    public init(rawValue: Int8) { self.rawValue = rawValue }

    public static let unknown = ConfigSource(rawValue: 0)
    public static let topic = ConfigSource(rawValue: 1)
    public static let dynamicBroker = ConfigSource(rawValue: 2)
    public static let dynamicDefaultBroker = ConfigSource(rawValue: 3)
    public static let staticBroker = ConfigSource(rawValue: 4)
    public static let defaultConfig = ConfigSource(rawValue: 5)
    public static let clientMetrics = ConfigSource(rawValue: 7)
    public static let group = ConfigSource(rawValue: 8)
    /// The default of a message.
    public static let unset = ConfigSource(rawValue: -1)
}

/// The type of a setting's value, for programs that display it.
public struct ConfigType: IntegerField, Hashable {
    public var rawValue: Int8

    public init(rawValue: Int8) { self.rawValue = rawValue }

    public static let unknown = ConfigType(rawValue: 0)
    public static let boolean = ConfigType(rawValue: 1)
    public static let string = ConfigType(rawValue: 2)
    public static let int = ConfigType(rawValue: 3)
    public static let short = ConfigType(rawValue: 4)
    public static let long = ConfigType(rawValue: 5)
    public static let double = ConfigType(rawValue: 6)
    public static let list = ConfigType(rawValue: 7)
    public static let `class` = ConfigType(rawValue: 8)
    public static let password = ConfigType(rawValue: 9)
}

/// The change that IncrementalAlterConfigs makes to a setting.
public struct ConfigOperation: IntegerField, Hashable {
    public var rawValue: Int8

    public init(rawValue: Int8) { self.rawValue = rawValue }

    public static let set = ConfigOperation(rawValue: 0)
    public static let delete = ConfigOperation(rawValue: 1)
    public static let append = ConfigOperation(rawValue: 2)
    public static let subtract = ConfigOperation(rawValue: 3)
}
