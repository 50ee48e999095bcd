import Measurement

/// How long the rest of a comparison will take, learnt from its runs so far.
///
/// A run takes longer than its profile says: a payload is prepared, a log drained. So a variant that
/// has run before is expected to take the median of its runs, another one the median of all, and
/// before any has ended, what its profile says.
public struct RemainingTime: Sendable {
    /// By variant; what its profile says, nil where only a count of records ends the run.
    private let planned: [Double?]
    private var seen: [[Double]]

    /// - Parameter plannedSeconds: by variant.
    public init(plannedSeconds: [Double?]) {
        planned = plannedSeconds
        seen = plannedSeconds.map { _ in [] }
    }

    public mutating func add(seconds: Double, of variant: Int) {
        seen[variant].append(seconds)
    }

    /// Seconds of the runs that are left; nil where nothing is known of one of them.
    /// - Parameters:
    ///   - variants: of the runs that are left, the running one included.
    ///   - elapsed: seconds that the running one, the first of them, has taken so far.
    public func seconds(left variants: [Int], elapsed: Double = 0) -> Double? {
        var sum = 0.0
        for (index, variant) in variants.enumerated() {
            guard let expected = expectedSeconds(variant) else { return nil }
            // A run that takes longer than expected ends any moment now.
            sum += index == 0 ? max(expected - elapsed, 0) : expected
        }
        return sum
    }

    private func expectedSeconds(_ variant: Int) -> Double? {
        if let median = Statistics.median(seen[variant]) { return median }
        return Statistics.median(seen.flatMap(\.self)) ?? planned[variant]
    }
}
