/// A benchmark: what is produced and consumed, and for how long.
///
/// A value of this type was validated: it can be run, or each of its variants can, if it was read
/// for a comparison and has a sweep. The table in `Profile+Settings.swift` has the names, units,
/// defaults and meanings of the settings.
public struct Profile: Hashable, Sendable {
    /// The name under which results are filed; by default the file's name without its extension.
    public var name = "profile"
    public var description = ""
    public var target = TargetKind.embedded
    /// Nil: a fresh temporary directory, removed after the run.
    public var dataDirectory: String?
    /// The settings of the clients of a Kafka target, by Kafka's names; their own defaults hold for
    /// the others.
    public var client: [String: String] = [:]
    /// Reproduces every byte of payload, every key, and every arrival of a Poisson schedule.
    public var seed: UInt64 = 42

    /// Nil: Weir's own defaults.
    public var personality: Personality?

    public var topics = TopicSettings()
    /// Of the first group, where there are several.
    public var producers = ProducerSettings()
    /// Empty: there is one group, of this profile's producers.
    public var producerGroups: [ProducerGroup] = []
    public var payload = PayloadSettings()
    public var keys = KeySettings()
    /// Empty: nothing is consumed.
    public var consumers: [ConsumerGroupSettings] = []

    /// Sent before the measured part and not counted.
    public var warmup = Duration.seconds(2)
    /// What ends the measured part: exactly one of the three is set, see `length`.
    public var duration: Duration? = .seconds(10)
    public var records: Int?
    public var backlog: Backlog?
    /// The reporting interval.
    public var interval = Duration.seconds(1)
    /// How long after `duration` producers may still send records that were due within it.
    public var sendGrace = Duration.seconds(5)
    /// How long consumers may take to read the rest once producers have stopped.
    public var drainTimeout = Duration.seconds(60)
    /// Whether the machine's own limits are measured in the same run.
    public var roofline = false

    /// What a comparison varies; nil: there is one variant, `Variant.default`. Variants that do not
    /// set a setting take it from here.
    public var sweep: Sweep?
    /// The name of the variant with which a comparison compares the others; nil: the first.
    public var baseline: String?
    /// How often a comparison runs each variant.
    public var repetitions = Sweep.defaultRepetitions
    /// The conditions that every run must meet.
    public var thresholds: [Threshold] = []

    public init() {}

    /// The variants of a comparison; never empty.
    public var variants: [Variant] { sweep?.variants ?? [.default] }

    /// The profile of a run that is not part of a comparison.
    public var withoutSweep: Profile {
        var profile = self
        (profile.sweep, profile.baseline) = (nil, nil)
        profile.repetitions = Sweep.defaultRepetitions
        return profile
    }

    /// Whether nothing is produced: the groups read what others have written.
    public var onlyConsumes: Bool { producerCount == 0 }

    /// Whether a group reads what others have written.
    func readsOthers(_ group: ConsumerGroupSettings) -> Bool {
        onlyConsumes || group.topics != nil
    }

    /// The records that each group reads where nothing is produced; nil if a time ends the run.
    var recordsToRead: Int? { onlyConsumes ? records : nil }

    /// What ends the measured part.
    public var length: RunLength {
        if let backlog { return .backlog(backlog) }
        if let records { return .records(records) }
        return .duration(duration ?? .seconds(10))
    }
}

/// The target of the load.
public enum TargetKind: String, CaseIterable, Hashable, Sendable {
    /// The log engine, in this process.
    case embedded
    /// Weir's broker, in a process of its own on this machine.
    case broker
    /// The brokers of a cluster that speaks Kafka's protocol.
    case kafka
    /// None: batches are sealed and discarded, which measures the generator alone.
    case discard

    var isOnNetwork: Bool { self == .broker || self == .kafka }
}

/// What ends the measured part.
public enum RunLength: Hashable, Sendable {
    case duration(Duration)
    /// A number of records after the warm-up.
    case records(Int)
    /// The backlog is complete; then its drain is measured.
    case backlog(Backlog)
}

/// How much is produced before the paused consumers start.
public enum Backlog: Hashable, Sendable {
    /// Stored bytes of all partitions together.
    case bytes(Int)
    case records(Int)
}
