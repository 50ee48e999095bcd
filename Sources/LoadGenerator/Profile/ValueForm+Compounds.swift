import SettingKeys

/// Forms of settings with alternatives: size distributions, backlogs, start positions.

/// The largest size of a value: Kafka's own bound on a batch is an Int32.
private let largestValue = 1 << 30

extension ValueForm where Value == SizeDistribution {
    static var sizeDistribution: ValueForm {
        let form =
            "a size such as 1KiB, {uniform: {min: 100, max: 1KiB}}, "
            + "{lognormal: {median: 1KiB, sigma: 0.5, max: 64KiB}} or "
            + "{histogram: [{size: 1KiB, weight: 3}, …]}"
        return ValueForm(
            name: form,
            parse: { node throws(ProfileError) in
                switch node.content {
                case .scalar: return .fixed(try size.parse(node))
                case .mapping(let entries):
                    guard entries.count == 1, let entry = entries.first else {
                        throw ProfileError(
                            "expected exactly one of fixed, uniform, lognormal and histogram",
                            at: node.place)
                    }
                    return try distribution(entry)
                case .sequence: throw ProfileError(expected: form, not: node)
                }
            }, print: { $0.text })
    }

    fileprivate static var size: ValueForm<Int> { .byteSize.limited(to: 1...largestValue) }

    private static func distribution(
        _ entry: ProfileDocument.Entry
    ) throws(ProfileError) -> SizeDistribution {
        switch entry.key {
        case "fixed": return .fixed(try size.parse(entry.value))
        case "uniform":
            let fields = try Fields(entry.value, required: ["min", "max"])
            let (low, high) = (try size.parse(fields["min"]!), try size.parse(fields["max"]!))
            guard low <= high else {
                throw ProfileError("min is above max", at: entry.value.place)
            }
            return .uniform(minimum: low, maximum: high)
        case "lognormal":
            let fields = try Fields(entry.value, required: ["median", "sigma", "max"])
            let median = try size.parse(fields["median"]!)
            let maximum = try size.parse(fields["max"]!)
            let sigma = try ValueForm<Double>.decimal.limited(to: 0...10).parse(fields["sigma"]!)
            guard median <= maximum else {
                throw ProfileError("the median is above max", at: entry.value.place)
            }
            return .lognormal(median: median, sigma: sigma, maximum: maximum)
        case "histogram": return .histogram(try bars(entry.value))
        default:
            let names = ["fixed", "uniform", "lognormal", "histogram"]
            throw ProfileError(
                "'\(entry.key)' is not a size distribution"
                    + NearestName.hint(for: entry.key, among: names), at: entry.keyPlace)
        }
    }

    private static func bars(
        _ node: ProfileDocument.Node
    ) throws(ProfileError) -> [SizeDistribution.WeightedSize] {
        guard case .sequence(let elements) = node.content, !elements.isEmpty else {
            throw ProfileError(expected: "a list of {size: …, weight: …}", not: node)
        }
        var bars: [SizeDistribution.WeightedSize] = []
        for element in elements {
            let fields = try Fields(element, required: ["size", "weight"])
            let weight = try ValueForm<Double>.decimal.limited(to: 0...1e12)
                .parse(fields["weight"]!)
            bars.append(.init(size: try size.parse(fields["size"]!), weight: weight))
        }
        guard bars.contains(where: { $0.weight > 0 }) else {
            throw ProfileError("all weights are 0", at: node.place)
        }
        return bars
    }
}

extension SizeDistribution {
    fileprivate var text: String {
        let size = ValueForm<SizeDistribution>.size.print
        switch self {
        case .fixed(let bytes): return size(bytes)
        case .uniform(let low, let high):
            return "{uniform: {min: \(size(low)), max: \(size(high))}}"
        case .lognormal(let median, let sigma, let high):
            return "{lognormal: {median: \(size(median)), sigma: \(sigma), max: \(size(high))}}"
        case .histogram(let bars):
            let list = bars.map { "{size: \(size($0.size)), weight: \($0.weight)}" }
            return "{histogram: [" + list.joined(separator: ", ") + "]}"
        }
    }
}

extension ValueForm where Value == Backlog {
    static var backlog: ValueForm {
        let bytes = ValueForm<Int>.byteSize.limited(to: 1...(1 << 50))
        let count = ValueForm<Int>.count.limited(to: 1...1_000_000_000_000)
        let form = "{bytes: 1GiB} or {records: 10M}"
        return ValueForm(
            name: form,
            parse: { node throws(ProfileError) in
                let fields = try Fields(node, required: [], optional: ["bytes", "records"])
                switch (fields["bytes"], fields["records"]) {
                case (let node?, nil): return .bytes(try bytes.parse(node))
                case (nil, let node?): return .records(try count.parse(node))
                default: throw ProfileError("expected either \(form)", at: node.place)
                }
            },
            print: { value in
                switch value {
                case .bytes(let size): "{bytes: \(bytes.print(size))}"
                case .records(let number): "{records: \(count.print(number))}"
                }
            })
    }
}

extension ValueForm where Value == StartPosition {
    static var startPosition: ValueForm {
        .scalar(
            "earliest, latest, committed, an offset or a time: 2026-01-31T12:00:00Z",
            read: { text in
                switch text {
                case "earliest": .earliest
                case "latest": .latest
                case "committed": .committed
                default:
                    if let offset = Int64(text) {
                        offset >= 0 ? .offset(offset) : nil
                    } else {
                        UTCMillis.parse(text).map { .time(unixMillis: $0) }
                    }
                }
            },
            print: { value in
                switch value {
                case .earliest: "earliest"
                case .latest: "latest"
                case .committed: "committed"
                case .offset(let offset): "\(offset)"
                case .time(let millis): UTCMillis.text(millis)
                }
            })
    }
}
