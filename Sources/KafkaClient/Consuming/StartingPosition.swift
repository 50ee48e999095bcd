import RecordFormat

/// Where the consumption of a partition begins.
public enum StartingPosition: Hashable, Sendable {
    case offset(Offset, LeaderEpoch = .none)
    /// The oldest record that is there.
    case earliest
    /// The end: only what is written from now on.
    case latest
    /// The first record at or after this time, in milliseconds since 1970; the end where there is
    /// none.
    case timestamp(Int64)
    /// The first record that is no older than so many milliseconds; the end where there is none.
    case newerThan(milliseconds: Int64)
    /// As `auto.offset.reset` says.
    case automatic

    /// What ListOffsets calls it; nil for a plain offset and for `automatic`.
    ///
    /// - Parameter wallClockMs: the time, in milliseconds since 1970.
    func listOffsetsTimestamp(wallClockMs: Int64) -> Int64? {
        switch self {
        case .offset, .automatic: nil
        case .earliest: -2
        case .latest: -1
        case .timestamp(let milliseconds): max(milliseconds, 0)
        case .newerThan(let milliseconds): max(wallClockMs - milliseconds, 0)
        }
    }
}
