import Measurement
import SettingKeys

extension DifferenceLimit {
    static let form =
        "'<metric> worse than N%' or '<metric> differs by more than N%', such as "
        + "'e2e_latency_p99 worse than 5%'"

    /// Smaller shares are within what repeated runs show by chance.
    static let leastShare = 0.001
    /// Beyond it a share is a typing error.
    static let mostShare = 1_000.0

    /// The figures that variants are compared by.
    static let figures = FigureNames(RunFigure.all.filter { $0.compared != nil })

    /// Reads what `--fail-if` is given.
    public init(_ text: String, option: String = "--fail-if") throws(ProfileError) {
        let place = Place(source: "\(option) \(text)")
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard let name = words.first, let (kind, number) = Self.parts(Array(words.dropFirst()))
        else {
            throw ProfileError(
                "expected \(Self.form)", at: place, suggesting: Self.meant(by: words))
        }
        guard let figure = Self.figures[name] else {
            let nearest = NearestName.of(name, among: Self.figures.names)
            throw ProfileError(
                RunFigure.all.contains { $0.name == name || $0.column == name }
                    ? "variants are not compared by '\(name)'"
                    : "there is no metric '\(name.prefix(60))' to compare by",
                at: place,
                suggesting: (nearest.flatMap { Self.figures[$0] }.map {
                    Self.suggestion($0, kind, number)
                } ?? []))
        }
        guard kind == .differs || figure.better != nil else {
            throw ProfileError(
                "no direction of \(figure.name) is better, so it cannot be worse", at: place,
                suggesting: Self.suggestion(figure, .differs, number))
        }
        let percent = try Self.percent(number, of: figure, kind, at: place)
        self.init(figure, kind, share: percent / 100, percent: Self.text(percent))
    }

    /// The kind, and the number with what follows it; nil for other words.
    private static func parts(_ words: [String]) -> (kind: Kind, number: String)? {
        for kind in [Kind.worse, .differs] {
            let expected = kind.rawValue.split(separator: " ").map(String.init)
            let rest = words.dropFirst(expected.count).joined(separator: " ")
            if words.starts(with: expected), !rest.isEmpty { return (kind, rest) }
        }
        return nil
    }

    private static func percent(
        _ text: String, of figure: RunFigure, _ kind: Kind, at place: Place
    ) throws(ProfileError) -> Double {
        let hasSign = text.hasSuffix("%")
        let digits = hasSign ? text.dropLast().trimmed : text
        guard let number = number(digits) else {
            throw ProfileError(
                "'\(text)' is no share such as 5%", at: place,
                suggesting: suggestion(figure, kind, "5%"))
        }
        guard hasSign else {
            throw ProfileError(
                "'\(text)' has no unit; it is a share of the baseline's median", at: place,
                suggesting: suggestion(figure, kind, text))
        }
        guard number >= leastShare * 100 else {
            throw ProfileError(
                "a limit is at least \(Self.text(leastShare * 100))%, not \(text)",
                at: place, suggesting: suggestion(figure, kind, "0.1%"))
        }
        guard number <= mostShare * 100 else {
            throw ProfileError("\(text) is more than \(Self.text(mostShare * 100))%", at: place)
        }
        if kind == .worse, figure.better == .higher, number >= 100 {
            throw ProfileError(
                "\(figure.name) is better when higher, and cannot fall by \(text)", at: place,
                suggesting: suggestion(figure, kind, "5%"))
        }
        return number
    }

    private static func number(_ text: String) -> Double? {
        guard let value = Double(text), value.isFinite,
            text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") })
        else { return nil }
        return value
    }

    private static func text(_ percent: Double) -> String {
        let rounded = (percent * 1e6).rounded() / 1e6
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }

    // MARK: What was meant

    /// The whole condition, as it may be pasted; none where it would not be one.
    private static func suggestion(_ figure: RunFigure, _ kind: Kind, _ number: String) -> [String]
    {
        let digits = number.hasSuffix("%") ? number.dropLast().trimmed : number
        guard let value = Self.number(digits) else { return [] }
        // A share of 1 that was written without a sign.
        let percent = number.hasSuffix("%") || value >= 1 ? value : value * 100
        let isWorse = kind == .worse && figure.better != nil
        let most = isWorse && figure.better == .higher ? 99 : mostShare * 100
        let kept = min(max(percent, leastShare * 100), most)
        let name = figures.name(of: figure)
        return ["\(name) \((isWorse ? Kind.worse : .differs).rawValue) \(text(kept))%"]
    }

    /// Of words that are no condition but name a figure and a number: `e2e_latency_p99 slower by 5%`.
    private static func meant(by words: [String]) -> [String] {
        let figure = words.lazy.compactMap { word in
            figures[word] ?? NearestName.of(word, among: figures.names).flatMap { figures[$0] }
        }.first
        let share = words.last { word in
            number(word.hasSuffix("%") ? String(word.dropLast()) : word) != nil
        }
        guard let figure else { return [] }
        return suggestion(figure, .worse, share ?? "5%")
    }
}
