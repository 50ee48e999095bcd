import Foundation

/// A quantity on an axis: the unit that fits its size, and how a single value is written.
enum Measure: Sendable {
    case recordRate, records, bytes
    /// A share of 100.
    case percent
    /// In 10⁶ bytes per second.
    case megabyteRate
    /// In microseconds.
    case latency
    /// In milliseconds.
    case age
    case ratio
    /// CPU-seconds per 10⁹ logical bytes.
    case cpuCost

    /// Whether its values are numbers of things.
    var isCount: Bool { if case .records = self { true } else { false } }

    /// A unit, and its size in the unit of the results files.
    struct Unit: Equatable {
        var name: String
        var size: Double

        /// The axis label: quantity and unit.
        func label(_ quantity: String) -> String {
            name.isEmpty ? quantity : "\(quantity) (\(name))"
        }
    }

    /// The unit in which the largest value shown has one to three digits before the point.
    func unit(forMaximum maximum: Double) -> Unit {
        switch self {
        case .recordRate: Self.scaled("records/s", maximum)
        case .records: Self.scaled("records", maximum)
        case .megabyteRate:
            maximum >= 1_000
                ? Unit(name: "GB/s", size: 1_000)
                : maximum >= 1 || maximum <= 0
                    ? Unit(name: "MB/s", size: 1) : Unit(name: "kB/s", size: 1e-3)
        case .latency: Self.time(maximum)
        case .age:
            Unit(name: Self.time(maximum * 1e3).name, size: Self.time(maximum * 1e3).size / 1e3)
        case .bytes:
            maximum >= 1e9
                ? Unit(name: "GB", size: 1e9)
                : maximum >= 1e6 ? Unit(name: "MB", size: 1e6) : Unit(name: "kB", size: 1e3)
        case .percent: Unit(name: "%", size: 1)
        case .ratio: Unit(name: "", size: 1)
        case .cpuCost: Unit(name: "CPU-s per logical GB", size: 1)
        }
    }

    /// A value with its unit: `12.3 k records/s`, `1.23 ms`.
    func text(_ value: Double) -> String {
        if case .latency = self { return Figure.duration(nanos: value * 1e3) }
        if case .age = self { return Figure.duration(nanos: value * 1e6) }
        if case .records = self, abs(value) < 1e6, value.rounded() == value {
            return "\(Figure.count(Int64(value))) \(value == 1 ? "record" : "records")"
        }
        let unit = unit(forMaximum: abs(value))
        let number = Figure.significant(value / unit.size)
        return unit.name.isEmpty ? number : "\(number) \(unit.name)"
    }

    private static func scaled(_ name: String, _ maximum: Double) -> Unit {
        switch maximum {
        case 1e9...: Unit(name: "G \(name)", size: 1e9)
        case 1e6...: Unit(name: "M \(name)", size: 1e6)
        case 1e4...: Unit(name: "k \(name)", size: 1e3)
        default: Unit(name: name, size: 1)
        }
    }

    private static func time(_ micros: Double) -> Unit {
        switch micros {
        case 1e6...: Unit(name: "s", size: 1e6)
        case 1e3...: Unit(name: "ms", size: 1e3)
        default: Unit(name: "µs", size: 1)
        }
    }
}
