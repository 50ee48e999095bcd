/// How far a run was when its user ended it by Ctrl-C, SIGTERM or SIGHUP. A threshold that ends a
/// run early is not an interruption.
public struct Interruption: Equatable, Sendable {
    /// The part of the run that was cut short.
    public var phase: RunPhase
    /// From the start of that part.
    public var afterNanos: Int64
    /// The planned length of that part; nil if a number of records, a backlog or the consumers end
    /// it.
    public var plannedNanos: Int64?

    /// The reason for the verdict. For a drain, `Judge` gives one with the number of unread
    /// records.
    var reason: String {
        let after = Self.seconds(afterNanos)
        let time = plannedNanos.map { "\(after) of \(Self.seconds($0)) s" } ?? "\(after) s"
        return switch phase {
        case .warmup:
            "the run was interrupted in its warm-up, after \(time): nothing was measured"
        case .run: "the run was interrupted after \(time)"
        case .drain: "the drain was interrupted after \(time)"
        }
    }

    /// Tenths of a second; none for a whole number.
    private static func seconds(_ nanos: Int64) -> String {
        let tenths = (max(nanos, 0) + 50_000_000) / 100_000_000
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}

extension RunPlan {
    /// How far the sending was when its user ended it; nil if it had already ended.
    ///
    /// - Parameter isSent: every record that was due had been sent.
    func interruption(at nanos: Int64, isSent: Bool) -> Interruption? {
        // Without a warm-up, only threads start before the window.
        if nanos < window.startNanos, window.startNanos > startNanos {
            return Interruption(
                phase: .warmup, afterNanos: nanos - startNanos,
                plannedNanos: window.startNanos - startNanos)
        }
        guard nanos < window.endNanos || !isSent else { return nil }
        return Interruption(
            phase: .run, afterNanos: nanos - window.startNanos, plannedNanos: windowNanos)
    }
}
