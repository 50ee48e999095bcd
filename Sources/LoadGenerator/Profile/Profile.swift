/// A benchmark as a user describes it: what is produced, what is consumed, for how long.
///
/// A value of this type was validated: it can be run, or, where it was read for a comparison and has
/// a sweep, each of its variants can. The names, units, defaults and meanings of the settings are
/// the table in `Profile+Settings.swift`.
public struct Profile: Hashable, Sendable {
    /// Results are filed under it; the file's name without its extension, unless it says another.
    public var name = "profile"
    public var description = ""
    public var target = TargetKind.embedded
    /// Nil: a fresh temporary directory, removed after the run.
    public var dataDirectory: String?
    /// Reproduces every byte of payload, every key, and every arrival of a Poisson schedule.
    public var seed: UInt64 = 42

    public var topics = TopicSettings()
    public var producers = ProducerSettings()
    public var payload = PayloadSettings()
    public var keys = KeySettings()
    /// Empty: nothing is consumed.
    public var consumers: [ConsumerGroupSettings] = []

    /// Sent but not counted, before the counted part.
    public var warmup = Duration.seconds(2)
    /// Where the counted part ends; `length` is the one of the three that holds.
    public var duration: Duration? = .seconds(10)
    public var records: Int?
    public var backlog: Backlog?
    /// The reporting interval.
    public var interval = Duration.seconds(1)
    /// How long after `duration` producers may still send what was due within it.
    public var sendGrace = Duration.seconds(5)
    /// How long consumers may take to reach the end once producers have stopped.
    public var drainTimeout = Duration.seconds(60)
    /// Whether the machine's own limits are measured in the same run.
    public var roofline = false

    /// What a comparison varies; nil: there is one variant, `Variant.default`. The other settings
    /// are those of a variant that does not change them.
    public var sweep: Sweep?
    /// The name of the variant that a comparison measures the others by; nil: the first.
    public var baseline: String?
    /// How often a comparison runs each variant.
    public var repetitions = Sweep.defaultRepetitions
    /// What every run must keep to.
    public var thresholds: [Threshold] = []

    public init() {}

    /// What a comparison runs; never empty.
    public var variants: [Variant] { sweep?.variants ?? [.default] }

    /// The profile of a run that is not part of a comparison.
    public var withoutSweep: Profile {
        var profile = self
        (profile.sweep, profile.baseline) = (nil, nil)
        profile.repetitions = Sweep.defaultRepetitions
        return profile
    }

    /// What ends the producers' counted part.
    public var length: RunLength {
        if let backlog { return .backlog(backlog) }
        if let records { return .records(records) }
        return .duration(duration ?? .seconds(10))
    }
}

/// What the load is aimed at.
public enum TargetKind: String, CaseIterable, Hashable, Sendable {
    /// The log engine, in this process.
    case embedded
    /// Nothing: batches are sealed and thrown away, which shows what the generator alone can do.
    case discard
}

/// What ends the producers' counted part.
public enum RunLength: Hashable, Sendable {
    case duration(Duration)
    /// So many records after the warm-up.
    case records(Int)
    /// The backlog is complete; what is measured then is its drain.
    case backlog(Backlog)
}

/// How much is produced before the paused consumers are let go.
public enum Backlog: Hashable, Sendable {
    /// Stored bytes of all partitions together.
    case bytes(Int)
    case records(Int)
}
