import Measurement

/// Estimates the remaining time of a comparison from its runs so far.
///
/// A run takes longer than its profile says, because its payload is prepared and its log drained.
/// So a variant that has run before is expected to take the median of its runs, any other the
/// median of all runs, and, before any run has ended, the profile's duration.
public struct RemainingTime: Sendable {
    /// By variant; the profile's duration, nil if only a count of records ends the run.
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

    /// Seconds of the runs that are left; nil if one of them cannot be estimated.
    /// - Parameters:
    ///   - variants: of the runs that are left, the running one included.
    ///   - elapsed: seconds that the running one, the first of them, has taken so far.
    public func seconds(left variants: [Int], elapsed: Double = 0) -> Double? {
        var sum = 0.0
        for (index, variant) in variants.enumerated() {
            guard let expected = expectedSeconds(variant) else { return nil }
            // A run that takes longer than expected may end at any moment.
            sum += index == 0 ? max(expected - elapsed, 0) : expected
        }
        return sum
    }

    private func expectedSeconds(_ variant: Int) -> Double? {
        if let median = Statistics.median(seen[variant]) { return median }
        return Statistics.median(seen.flatMap(\.self)) ?? planned[variant]
    }
}
