import Measurement
import SettingKeys

extension Threshold {
    typealias Node = ProfileDocument.Node

    static let form =
        "'<metric> <comparison> <limit>' such as 'e2e_latency_p99 < 10ms', or "
        + "{that: …, abort: true, after: 10s}"

    /// Reads a `--threshold` option for runs that are finished, which therefore needs no profile.
    public init(option: OptionText) throws(ProfileError) {
        try self.init(ProfileDocument.threshold(option))
    }

    /// Reads either form.
    init(_ node: Node) throws(ProfileError) {
        guard case .mapping = node.content else {
            self = try Self.parse(node)
            return
        }
        let fields = try Fields(node, required: ["that"], optional: ["abort", "after"])
        let plain = try Self.parse(fields["that"]!)
        let aborts = try fields["abort"].map { node throws(ProfileError) in
            try ValueForm<Bool>.boolean.parse(node)
        }
        let after = try fields["after"].map { node throws(ProfileError) in
            try ValueForm<Duration>.duration.parse(node)
        }
        if let node = fields["after"], aborts != true {
            throw ProfileError(
                "'after' says from when on a threshold may end a run; it needs abort: true",
                at: node.place)
        }
        if aborts == true { try plain.requireEarlyEvidence(at: fields["that"]!.place) }
        self.init(
            plain.metric, plain.comparison, plain.limit, text: plain.text,
            aborts: aborts ?? false, after: after ?? .zero)
    }

    private static func parse(_ node: Node) throws(ProfileError) -> Threshold {
        guard case .scalar(let text, _) = node.content, !node.isNull else {
            throw ProfileError(expected: form, not: node)
        }
        let signs = "<>=!≤≥"
        let metricText = text.prefix { !signs.contains($0) }
        let rest = text.dropFirst(metricText.count)
        let sign = String(rest.prefix { signs.contains($0) })
        let name = metricText.trimmed
        let limitText = rest.dropFirst(sign.count).split(whereSeparator: \.isWhitespace)
            .joined(separator: " ")
        guard !name.isEmpty, !sign.isEmpty, !limitText.isEmpty else {
            if (try? DifferenceLimit(text)) != nil {
                throw ProfileError(
                    "'\(text)' limits a difference from a baseline, and a single run has none; "
                        + "give it to weir compare as --fail-if", at: node.place)
            }
            throw ProfileError(
                expected: form, not: node, suggesting: ThresholdMetric.meant(byLimit: text))
        }
        guard let metric = ThresholdMetric.named(name) else {
            let meant = ThresholdMetric.meant(by: name)
            throw ProfileError(
                "there is no metric '\(name.prefix(60))'; 'weir profiles explain thresholds' lists them",
                at: node.place, suggesting: meant, offersAll: true)
        }
        let comparison = try comparison(sign, metric, at: node.place)
        let limit: Limit
        do {
            limit = try metric.limit(limitText, at: node.place)
        } catch {
            throw ProfileError("\(name): \(error.message)", at: error.place)
        }
        return Threshold(metric, comparison, limit, text: "\(name) \(sign) \(limitText)")
    }

    private static func comparison(
        _ sign: String, _ metric: RunFigure, at place: Place
    ) throws(ProfileError) -> Comparison {
        let valid = Self.comparisons(of: metric)
        guard let comparison = Comparison(rawValue: sign) else {
            let meant: [String: Comparison] = [
                "=": .equal, "=<": .atMost, "=>": .atLeast, "≤": .atMost, "≥": .atLeast,
                "<>": .notEqual,
            ]
            let list = valid.map(\.rawValue).joined(separator: " ")
            throw ProfileError(
                "'\(sign)' is not a comparison"
                    + (meant[sign].flatMap { valid.contains($0) ? "; write '\($0.rawValue)'" : nil }
                        ?? "; valid are \(list)"),
                at: place)
        }
        guard valid.contains(comparison) else {
            if metric.unit == .verdict {
                throw ProfileError("a verdict is compared with == or !=", at: place)
            }
            throw ProfileError(
                "\(metric.name) is a measured value, which is never exactly equal; compare it with < <= >= >",
                at: place)
        }
        return comparison
    }

    /// Refuses `abort` for figures that are known only at the end, and for lower limits of figures
    /// that grow.
    private func requireEarlyEvidence(at place: Place) throws(ProfileError) {
        switch metric.threshold?.evidence {
        case nil, .soFar: break
        case .growing where [.less, .atMost, .equal].contains(comparison): break
        case .growing:
            throw ProfileError(
                "\(metric.name) grows until the run ends, so a lower limit cannot end it early; "
                    + "remove abort", at: place)
        case .atEnd:
            throw ProfileError(
                "\(metric.name) is known only when the run has ended; remove abort", at: place)
        }
    }

    /// A string or a mapping that reads back to the same threshold.
    fileprivate var yaml: String {
        let that = YAMLText.quoted(text)
        guard aborts else { return that }
        return "{that: \(that), abort: true, after: \(ValueForm<Duration>.duration.print(after))}"
    }
}

extension Threshold {
    /// The allowed comparisons of a metric: a measured value is never exactly equal, and a verdict
    /// is not a number.
    fileprivate static func comparisons(of metric: RunFigure) -> [Comparison] {
        switch metric.unit {
        case .text, .truth, .time, .bytes, .seconds, .milliseconds, .microseconds,
            .recordsPerSecond,
            .megabytesPerSecond, .secondsPerGigabyte, .nanosecondsPerByte, .percent, .share,
            .number:
            [.less, .atMost, .atLeast, .greater]
        case .count, .records: [.less, .atMost, .equal, .notEqual, .atLeast, .greater]
        case .verdict: [.equal, .notEqual]
        }
    }
}

extension ValueForm where Value == [Threshold] {
    static var thresholds: ValueForm {
        let form = "a list of " + Threshold.form
        return ValueForm(
            name: form,
            parse: { node throws(ProfileError) in
                if node.isNull { return [] }
                guard case .sequence(let elements) = node.content else {
                    throw ProfileError(expected: form, not: node)
                }
                guard elements.count <= Profile.maximumThresholds else {
                    throw ProfileError(
                        "more than \(Profile.maximumThresholds) thresholds", at: node.place)
                }
                var thresholds: [Threshold] = []
                for element in elements {
                    let threshold = try Threshold(element)
                    if thresholds.contains(where: { $0.text == threshold.text }) {
                        throw ProfileError(
                            "'\(threshold.text)' is given twice; keep one of them",
                            at: element.place)
                    }
                    thresholds.append(threshold)
                }
                return thresholds
            }, print: { "[" + $0.map(\.yaml).joined(separator: ", ") + "]" })
    }
}

extension Profile {
    static let maximumThresholds = 100
}
