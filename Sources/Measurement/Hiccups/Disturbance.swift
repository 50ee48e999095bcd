/// From where on the machine, and not the target, is to blame for a run's figures.
public enum Disturbance {
    /// A single stall of the machine above this disturbs any percentile that one would quote.
    public static let hiccupLimitNanos: Int64 = 100_000_000
    /// Steal is CPU time that the hypervisor gave to somebody else.
    public static let stealLimitPercent = 5.0
}
