/// The Pareto front of points with two values: a point is on the front unless another is at least
/// as good in both and better in one.
public enum ParetoFront {
    public enum Better: String, Sendable { case higher, lower }

    /// The indices of the points that no other dominates, in the order given. Equal points are all
    /// on the front.
    public static func indices(
        of points: [(x: Double, y: Double)], x: Better, y: Better
    ) -> [Int] {
        points.indices.filter { index in
            !points.contains { other in
                let gainX = x.gain(of: other.x, over: points[index].x)
                let gainY = y.gain(of: other.y, over: points[index].y)
                return gainX >= 0 && gainY >= 0 && (gainX > 0 || gainY > 0)
            }
        }
    }

    /// The indices of the points that no other is *shown* to dominate, for points that are known
    /// within intervals. A difference is shown if the intervals do not touch. A point is off the
    /// front if another is shown to be better in both values, or in one while the other is exactly
    /// equal.
    public static func indices(
        of points: [(x: ClosedRange<Double>, y: ClosedRange<Double>)], x: Better, y: Better
    ) -> [Int] {
        points.indices.filter { index in
            let point = points[index]
            return !points.contains { other in
                let isBetterX = x.isShown(other.x, over: point.x)
                let isBetterY = y.isShown(other.y, over: point.y)
                return isBetterX && (isBetterY || other.y == point.y)
                    || isBetterY && other.x == point.x
            }
        }
    }
}

extension ParetoFront.Better {
    /// Positive where the first value is the better one.
    fileprivate func gain(of value: Double, over other: Double) -> Double {
        self == .higher ? value - other : other - value
    }

    /// Whether all of one interval is better than all of the other.
    fileprivate func isShown(
        _ interval: ClosedRange<Double>, over other: ClosedRange<Double>
    ) -> Bool {
        self == .higher
            ? interval.lowerBound > other.upperBound : interval.upperBound < other.lowerBound
    }
}
