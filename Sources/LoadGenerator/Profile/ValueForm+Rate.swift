import SettingKeys

/// The form of `producers.rate`.

private typealias Node = ProfileDocument.Node

extension ValueForm where Value == RecordRate {
    /// `50000/s`, `1.5M/s`, `600/min`, `0/s`.
    static var recordRate: ValueForm { uncheckedRecordRate.suggestingItsOwn }

    /// The same without a pause.
    static var positiveRecordRate: ValueForm {
        let form = uncheckedRecordRate
        return ValueForm(
            name: form.name,
            parse: { node throws(ProfileError) in
                let rate = try form.parse(node)
                guard rate.records > 0 else {
                    throw ProfileError("expected a rate above 0", at: node.place)
                }
                return rate
            }, print: form.print
        ).suggestingItsOwn
    }

    /// Suggests only values that every form made of this one accepts.
    fileprivate static var uncheckedRecordRate: ValueForm {
        let form = "a rate such as 50000/s, 1.5M/s or 600/min"
        return ValueForm(
            name: form,
            parse: { node throws(ProfileError) in
                guard case .scalar(let text, _) = node.content, !node.isNull,
                    let quantity = Quantity(text)
                else { throw ProfileError(expected: form, not: node) }
                guard let rate = RecordRate(quantity) else {
                    throw ProfileError(
                        "'\(text)' is not \(form)", at: node.place,
                        suggesting: ForeignQuantity(text)?.meantRate.map { [$0] } ?? [])
                }
                guard rate.recordsPerSecond <= Double(RecordRate.maximumPerSecond) else {
                    throw ProfileError(
                        "\(text) is above one record a nanosecond, the highest possible rate",
                        at: node.place, suggesting: ["max"])
                }
                guard rate.records == 0 || rate.isAtLeastOneADay else {
                    throw ProfileError("\(text) is below one record a day", at: node.place)
                }
                return rate
            }, print: { $0.text })
    }
}

private let periods: [(symbol: String, nanoseconds: Int)] = [
    ("s", 1_000_000_000), ("min", 60_000_000_000), ("m", 60_000_000_000),
    ("h", 3_600_000_000_000), ("d", 86_400_000_000_000),
]

extension RecordRate {
    fileprivate init?(_ quantity: Quantity) {
        let parts = quantity.unit.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, quantity.mantissa >= 0, quantity.mantissa <= 1 << 40,
            let period = periods.first(where: { $0.symbol == parts[1] })
        else { return nil }
        let thousands = ["": 1, "k": 1000, "M": 1_000_000, "G": 1_000_000_000]
        guard let multiplier = thousands[String(parts[0])] else { return nil }
        let (records, overflow) = quantity.mantissa.multipliedReportingOverflow(by: multiplier)
        // A day and six decimals: 8.64e19 does not fit, and no schedule needs it.
        var divisor = 1
        for _ in 0..<quantity.decimals { divisor *= 10 }
        let (nanoseconds, overflow2) = period.nanoseconds.multipliedReportingOverflow(by: divisor)
        guard !overflow, !overflow2 else { return nil }
        self.init(records: records, inNanoseconds: nanoseconds)
    }

    fileprivate var isAtLeastOneADay: Bool { nanoseconds / records <= 86_400_000_000_000 }

    /// The shortest spelling: a whole number of some period if there is one, else decimals.
    fileprivate var text: String {
        for divisor in [1, 10, 100, 1000, 10_000, 100_000, 1_000_000] {
            for period in periods {
                let (scaled, overflow) = period.nanoseconds.multipliedReportingOverflow(by: divisor)
                guard !overflow, scaled % nanoseconds == 0 else { continue }
                let (count, overflow2) = (scaled / nanoseconds)
                    .multipliedReportingOverflow(by: records)
                guard !overflow2 else { continue }
                if divisor == 1 { return "\(count)/\(period.symbol)" }
                let decimals = String(divisor).count - 1
                let fraction = String(count % divisor)
                let padding = String(repeating: "0", count: decimals - fraction.count)
                return "\(count / divisor).\(padding)\(fraction)/\(period.symbol)"
            }
        }
        preconditionFailure("every rate was written as decimals of a period")
    }
}

extension ValueForm where Value == Rate {
    static var rate: ValueForm {
        let form =
            "max, a rate such as 50000/s, {poisson: 50000/s}, "
            + "{steps: [{rate: 10k/s, for: 10s}, …]} or "
            + "{ramp: {from: 1k/s, to: 100k/s, over: 30s}}"
        return ValueForm(
            name: form,
            parse: { node throws(ProfileError) in
                switch node.content {
                case .scalar: return try scalarRate.parse(node)
                case .mapping(let entries):
                    guard entries.count == 1, let entry = entries.first else {
                        throw ProfileError(
                            "expected exactly one of poisson, steps and ramp", at: node.place)
                    }
                    return try compound(entry)
                case .sequence: throw ProfileError(expected: form, not: node)
                }
            }, print: { $0.text })
    }

    /// `max`, or a constant rate.
    private static var scalarRate: ValueForm {
        let form = ValueForm<RecordRate>.uncheckedRecordRate
        return ValueForm(
            name: form.name,
            parse: { node throws(ProfileError) in
                if case .scalar("max", _) = node.content { return .max }
                let rate = try form.parse(node)
                guard rate.records > 0 else {
                    throw ProfileError("expected a rate above 0", at: node.place)
                }
                return .constant(rate)
            }, print: { $0.text }
        ).suggestingItsOwn
    }

    private static func compound(_ entry: ProfileDocument.Entry) throws(ProfileError) -> Rate {
        let rate = ValueForm<RecordRate>.recordRate
        let positive = ValueForm<RecordRate>.positiveRecordRate
        switch entry.key {
        case "constant", "poisson":
            let value = try positive.parse(entry.value)
            return entry.key == "poisson" ? .poisson(value) : .constant(value)
        case "ramp":
            let fields = try Fields(entry.value, required: ["from", "to", "over"])
            let (from, to) = (try rate.parse(fields["from"]!), try positive.parse(fields["to"]!))
            let over = try ValueForm<Duration>.duration.parse(fields["over"]!)
            guard over > .zero else {
                throw ProfileError(
                    "a ramp needs a duration; expected more than 0s", at: entry.keyPlace)
            }
            return .ramp(from: from, to: to, over: over)
        case "steps": return .steps(try steps(entry.value))
        default:
            let names = ["poisson", "steps", "ramp", "constant"]
            throw ProfileError(
                "'\(entry.key)' is not a kind of rate"
                    + NearestName.hint(for: entry.key, among: names), at: entry.keyPlace)
        }
    }

    private static func steps(_ node: ProfileDocument.Node) throws(ProfileError) -> [RateStep] {
        guard case .sequence(let elements) = node.content, !elements.isEmpty else {
            throw ProfileError(expected: "a list of {rate: …, for: …}", not: node)
        }
        guard elements.count <= Rate.maximumSteps else {
            throw ProfileError("more than \(Rate.maximumSteps) steps", at: node.place)
        }
        var steps: [RateStep] = []
        for (index, element) in elements.enumerated() {
            let isLast = index == elements.count - 1
            let fields = try Fields(
                element, required: isLast ? ["rate"] : ["rate", "for"], optional: ["for"])
            // The last rate holds to the end of the run, so a pause there would never end.
            let form = ValueForm<RecordRate>.self
            let rate = try (isLast ? form.positiveRecordRate : form.recordRate)
                .parse(fields["rate"]!)
            var duration: Duration?
            if let node = fields["for"] {
                duration = try ValueForm<Duration>.duration.parse(node)
                guard duration != .zero else {
                    throw ProfileError(
                        "a step needs a duration; expected more than 0s", at: node.place)
                }
            }
            steps.append(RateStep(rate: rate, duration: duration))
        }
        return steps
    }
}

extension Rate {
    /// Far more than anyone writes by hand.
    static let maximumSteps = 1000

    fileprivate var text: String {
        switch self {
        case .max: return "max"
        case .constant(let rate): return rate.text
        case .poisson(let rate): return "{poisson: \(rate.text)}"
        case .ramp(let from, let to, let over):
            let time = ValueForm<Duration>.duration.print(over)
            return "{ramp: {from: \(from.text), to: \(to.text), over: \(time)}}"
        case .steps(let steps):
            let list = steps.map { step in
                let time = step.duration.map { ", for: " + ValueForm<Duration>.duration.print($0) }
                return "{rate: \(step.rate.text)\(time ?? "")}"
            }
            return "{steps: [" + list.joined(separator: ", ") + "]}"
        }
    }
}
