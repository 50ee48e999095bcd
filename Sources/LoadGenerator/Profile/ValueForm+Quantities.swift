/// Forms with units: sizes, durations, counts and rates. A value that is not a whole number of the
/// base unit (bytes, nanoseconds, records) is refused.

/// A unit and its size in the base unit.
typealias Unit = (symbol: String, multiplier: Int)

private let sizeUnits: [Unit] = [
    ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
    ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1000),
    ("kB", 1000), ("B", 1),
]

private let durationUnits: [Unit] = [
    ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("min", 60_000_000_000),
    ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1000), ("µs", 1000),
    ("ns", 1),
]

private let countUnits: [Unit] = [("G", 1_000_000_000), ("M", 1_000_000), ("k", 1000), ("", 1)]

/// The value with the largest unit that holds it as a whole number.
private func written(_ value: Int, _ units: [Unit]) -> String? {
    for unit in units where value != 0 && value % unit.multiplier == 0 {
        return "\(value / unit.multiplier)\(unit.symbol)"
    }
    return nil
}

/// Parses a number and its unit; the error says what was wrong with it.
private func quantity(
    _ node: ProfileDocument.Node, _ form: String, units: [Unit], plainUnit: Int?
) throws(ProfileError) -> Int {
    guard case .scalar(let written, _) = node.content, !node.isNull,
        let quantity = Quantity(written)
    else { throw ProfileError(expected: form, not: node) }
    let multiplier: Int
    if let unit = units.first(where: { $0.symbol == quantity.unit }) {
        multiplier = unit.multiplier
    } else if quantity.unit.isEmpty {
        guard let plainUnit else {
            throw ProfileError("'\(written)' has no unit; expected \(form)", at: node.place)
        }
        multiplier = plainUnit
    } else {
        let symbols = units.map(\.symbol) + (plainUnit == nil ? [] : [""])
        throw ProfileError(
            "'\(quantity.unit)' is not a unit here: expected \(form)", at: node.place,
            suggesting: ForeignQuantity(written)?.meant(among: symbols).map { [$0] } ?? [])
    }
    guard let value = quantity.whole(times: multiplier) else {
        throw ProfileError(
            "'\(written)' is not a whole number of the smallest unit, or too large; "
                + "expected \(form)", at: node.place)
    }
    return value
}

extension ValueForm where Value == Int {
    /// Bytes.
    static var byteSize: ValueForm {
        let form = "a size such as 64KiB, 1MB or plain bytes"
        return ValueForm(
            name: form,
            parse: { node throws(ProfileError) in
                try quantity(node, form, units: sizeUnits, plainUnit: 1)
            }, print: { written($0, Array(sizeUnits.prefix(4))) ?? "\($0)" }
        ).suggestingItsOwn
    }

    /// A count.
    static var count: ValueForm {
        // The upper bound of all counts; most have a lower one.
        let form = "a count such as 500 or 1k"
        return ValueForm(
            name: form,
            parse: { node throws(ProfileError) in
                try quantity(node, form, units: countUnits, plainUnit: 1)
            },
            print: { value in
                value < 1_000_000 ? "\(value)" : written(value, countUnits) ?? "\(value)"
            }
        ).suggestingItsOwn
    }

    /// Whole milliseconds, as Kafka's topic keys count them.
    static var wholeMilliseconds: ValueForm {
        let form = "a duration such as 10s or plain milliseconds"
        return ValueForm(
            name: form,
            parse: { node throws(ProfileError) in
                let nanoseconds = try quantity(
                    node, form, units: durationUnits, plainUnit: 1_000_000)
                guard nanoseconds % 1_000_000 == 0 else {
                    throw ProfileError("expected whole milliseconds", at: node.place)
                }
                return nanoseconds / 1_000_000
            },
            print: { value in
                let (nanoseconds, overflow) = value.multipliedReportingOverflow(by: 1_000_000)
                return (overflow ? nil : written(nanoseconds, durationUnits)) ?? "\(value)"
            }
        ).suggestingItsOwn
    }

    /// This form, or `-1`, which means "no limit" in Kafka.
    var orUnlimited: ValueForm {
        ValueForm(
            name: name + ", or -1 for no limit",
            parse: { [self] node throws(ProfileError) in
                if case .scalar("-1", _) = node.content { return -1 }
                return try parse(node)
            }, print: { [self] value in value == -1 ? "-1" : print(value) })
    }
}

extension ValueForm where Value == Duration {
    /// A duration whose unit must be written.
    static var duration: ValueForm { duration(plainUnit: nil, "a duration such as 10s or 50ms") }

    /// A duration of a Kafka key whose name ends in `.ms`: a plain number is milliseconds.
    static var milliseconds: ValueForm {
        duration(plainUnit: 1_000_000, "a duration such as 5ms or plain milliseconds")
    }

    private static func duration(plainUnit: Int?, _ form: String) -> ValueForm {
        ValueForm(
            name: form,
            parse: { node throws(ProfileError) in
                // A zero needs no unit.
                if case .scalar("0", _) = node.content { return .zero }
                let value = try quantity(node, form, units: durationUnits, plainUnit: plainUnit)
                guard (0...maximumNanoseconds).contains(value) else {
                    throw ProfileError("expected 0 to 30 days", at: node.place)
                }
                return .nanoseconds(value)
            },
            print: { value in
                written(value.wholeNanoseconds, durationUnits.filter { $0.symbol != "min" }) ?? "0s"
            }
        ).suggestingItsOwn
    }

    /// 30 days; schedules are exact up to this.
    private static var maximumNanoseconds: Int { 30 * 86_400_000_000_000 }
}

extension Duration {
    /// Reads a duration as a profile writes it, `10m`.
    ///
    /// - Parameter option: the name of the wrong option in the error.
    public init(_ text: String, option: String) throws(ProfileError) {
        let place = Place(source: option, line: nil, column: nil)
        self = try ValueForm.duration.parse(
            ProfileDocument.Node(content: .scalar(text, isPlain: true), place: place))
    }

    /// Reads a duration of any length as `retention.ms` has it: `90d`, or plain milliseconds.
    public init(milliseconds text: String, option: String) throws(ProfileError) {
        let place = Place(source: option, line: nil, column: nil)
        self = .milliseconds(
            try ValueForm.wholeMilliseconds.parse(
                ProfileDocument.Node(content: .scalar(text, isPlain: true), place: place)))
    }

    /// The duration in nanoseconds. Settings hold whole ones, up to 30 days.
    var wholeNanoseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
    }
}

extension Int {
    /// Reads a size in bytes as a profile writes it, `64KiB`.
    public init(byteSize text: String, option: String) throws(ProfileError) {
        let place = Place(source: option, line: nil, column: nil)
        self = try ValueForm.byteSize.parse(
            ProfileDocument.Node(content: .scalar(text, isPlain: true), place: place))
    }
}
