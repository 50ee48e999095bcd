import Measurement

/// The lines of many repetitions as their median and their range.
enum RepeatedLines {
    /// Fewer are drawn as lines of their own.
    static let fewest = 3

    /// One line for each name: at each time the median of the repetitions, and as its interval their
    /// lowest and highest value. Times that few repetitions have, as the last of the longest, are left
    /// out.
    static func merged(_ repetitions: [[TimeQuantity.Line]]) -> [TimeQuantity.Line] {
        let names = repetitions.flatMap { $0.map(\.name) }.uniqued()
        return names.compactMap { name in
            let own = repetitions.compactMap { lines in lines.first { $0.name == name } }
            guard var line = own.first else { return nil }
            guard own.count > 1, let step = step(of: own) else { return line }
            // From the first point on: those of regular intervals lie far from where rounding tips.
            let first = own.flatMap(\.points).map(\.x).min() ?? 0
            var values: [Int: [(x: Double, y: Double)]] = [:]
            for line in own {
                var seen: Set<Int> = []
                for point in line.points {
                    let place = ((point.x - first) / step).rounded()
                    guard let y = point.y, Swift.abs(place) < 1e15,
                        seen.insert(Int(place)).inserted
                    else { continue }
                    values[Int(place), default: []].append((point.x, y))
                }
            }
            line.points = values.sorted { $0.key < $1.key }.compactMap { _, found in
                let sorted = found.map(\.y).sorted()
                guard 2 * found.count >= own.count, let low = sorted.first, let high = sorted.last,
                    let median = Statistics.median(sorted), low <= high
                else { return nil }
                let middle = found.map(\.x).reduce(0, +) / Double(found.count)
                return Chart.Point(middle, median, yInterval: low...high)
            }
            return line
        }
    }

    /// The usual distance between two points; nil if there are not two.
    private static func step(of lines: [TimeQuantity.Line]) -> Double? {
        let distances = lines.flatMap { line in
            zip(line.points, line.points.dropFirst()).map { $1.x - $0.x }
        }.filter { $0.isFinite && $0 > 0 }
        return Statistics.median(distances).flatMap { $0 > 0 ? $0 : nil }
    }
}
