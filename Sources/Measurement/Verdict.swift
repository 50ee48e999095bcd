/// The verdict on a run, from the best to the worst.
public enum Verdict: String, CaseIterable, Sendable, Hashable, Codable, Comparable {
    case valid = "VALID"
    /// The machine or the rate was not steady, so the figures may be distorted.
    case suspect = "SUSPECT"
    /// The generator was the limit, so the target's throughput is at least the measured one.
    case generatorBound = "GENERATOR_BOUND"
    /// Records lost or corrupt, or errors past the limit: the figures mean nothing.
    case invalid = "INVALID"

    /// What it means for the reader of the figures.
    public var meaning: String {
        switch self {
        case .valid: "Believe the figures."
        case .suspect:
            "Something other than the log may have distorted these figures: the machine, its clocks, a "
                + "rate that was not steady, or an interruption of the run."
        case .generatorBound:
            "The load generator was the limit, not the log: the log can do at least as much as "
                + "shown here."
        case .invalid:
            "The figures mean nothing: records were lost, corrupt, duplicated, reordered or "
                + "refused, or the run itself failed."
        }
    }

    public static func < (a: Verdict, b: Verdict) -> Bool {
        a.severity < b.severity
    }

    private var severity: Int {
        switch self {
        case .valid: 0
        case .suspect: 1
        case .generatorBound: 2
        case .invalid: 3
        }
    }
}
