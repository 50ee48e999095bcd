/// The run that a row of `summary.csv` belongs to.
public struct RunIdentity: Sendable, Equatable {
    public var runID: String
    /// When the measured part began, in nanoseconds since 1970.
    public var startedAtUnixNanos: Int64
    public var profile: String
    /// The name of the variant in a sweep; `default` without one.
    public var variant: String
    /// Counts from 1.
    public var repetition: Int
    /// `embedded`, `broker`, `kafka` or `discard`.
    public var target: String

    public init(
        runID: String, startedAtUnixNanos: Int64, profile: String, variant: String = "default",
        repetition: Int = 1, target: String
    ) {
        self.runID = runID
        self.startedAtUnixNanos = startedAtUnixNanos
        self.profile = profile
        self.variant = variant
        self.repetition = repetition
        self.target = target
    }
}
