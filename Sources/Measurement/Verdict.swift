/// The verdict on a run, from the best to the worst.
public enum Verdict: String, CaseIterable, Sendable, Hashable, Codable, Comparable {
    case valid = "VALID"
    /// The machine or the rate was not steady: read the figures with care.
    case suspect = "SUSPECT"
    /// The generator was the limit, so the target's throughput is at least what was measured.
    case generatorBound = "GENERATOR_BOUND"
    /// Records lost or corrupt, or errors past the limit: the figures mean nothing.
    case invalid = "INVALID"

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
