/// Where a consumer begins that has no position, or one that the log does not have.
public enum AutoOffsetReset: Hashable, Sendable {
    case earliest
    case latest
    /// Nowhere: that is an error.
    case none
    /// At the first record that is no older (KIP-1106).
    case byDuration(milliseconds: Int64)

    private static let durationPrefix = "by_duration:"

    /// As Kafka writes it: `earliest`, `latest`, `none`, or `by_duration:` and a duration of ISO
    /// 8601 in days, hours, minutes and seconds, such as `by_duration:PT1H30M`.
    init?(_ text: String) {
        switch text {
        case "earliest": self = .earliest
        case "latest": self = .latest
        case "none": self = .none
        default:
            guard text.hasPrefix(Self.durationPrefix),
                let milliseconds = Self.milliseconds(text.dropFirst(Self.durationPrefix.count))
            else { return nil }
            self = .byDuration(milliseconds: milliseconds)
        }
    }

    public var name: String {
        switch self {
        case .earliest: "earliest"
        case .latest: "latest"
        case .none: "none"
        case .byDuration(let milliseconds):
            "\(Self.durationPrefix)PT\(Double(milliseconds) / 1000)S"
        }
    }

    /// The units in their order, those of time after a `T`.
    private static let units: [(name: Character, milliseconds: Double, isTime: Bool)] = [
        ("D", 86_400_000, false), ("H", 3_600_000, true), ("M", 60_000, true), ("S", 1_000, true),
    ]

    private static func milliseconds(_ text: Substring) -> Int64? {
        guard text.first == "P", text.count > 2 else { return nil }
        var rest = text.dropFirst()
        var sum = 0.0
        var isTime = false
        var nextUnit = 0
        while !rest.isEmpty {
            if rest.first == "T", !isTime {
                isTime = true
                rest.removeFirst()
            }
            let number = rest.prefix { $0.isWholeNumber || $0 == "." }
            rest = rest.dropFirst(number.count)
            guard let value = Double(number), let letter = rest.popFirst(),
                let place = units[nextUnit...].firstIndex(where: {
                    $0.name == letter && $0.isTime == isTime
                })
            else { return nil }
            sum += value * units[place].milliseconds
            nextUnit = place + 1
        }
        return Int64(exactly: sum.rounded())
    }
}
