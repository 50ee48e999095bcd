import Measurement

/// Limits as written, with their units.
extension RunFigure {
    /// Reads a limit into the unit of the figure's column.
    func limit(_ text: String, at place: Place) throws(ProfileError) -> Threshold.Limit {
        let node = ProfileDocument.Node(content: .scalar(text, isPlain: true), place: place)
        switch unit {
        case .seconds, .milliseconds, .microseconds:
            let value = try ValueForm<Duration>.duration.parse(node)
            return .number(Double(value.wholeNanoseconds) / (1e9 / unit.perBaseUnit))
        case .recordsPerSecond:
            if let share = try Self.shareOfOffered(text, at: place) {
                return .shareOfOffered(share)
            }
            return .number(try ValueForm<RecordRate>.recordRate.parse(node).recordsPerSecond)
        case .megabytesPerSecond:
            guard text.hasSuffix("/s") else {
                throw ProfileError(expected: "a rate such as 100MB/s", not: node)
            }
            do throws(ProfileError) {
                return .number(try Self.bytes(String(text.dropLast(2)), at: place) / 1e6)
            } catch {
                throw error.suggesting(error.suggestions.map { $0 + "/s" })
            }
        case .bytes: return .number(try Self.bytes(text, at: place))
        case .count, .records: return .number(Double(try ValueForm<Int>.count.parse(node)))
        case .number, .secondsPerGigabyte, .nanosecondsPerByte:
            return .number(try Self.number(node))
        case .share:
            if let percent = try Self.percent(text, at: place) { return .number(percent / 100) }
            return .number(try Self.number(node))
        case .percent:
            guard let percent = try Self.percent(text, at: place) else {
                throw ProfileError(expected: "a share such as 5%", not: node)
            }
            return .number(percent)
        case .verdict:
            let names = Verdict.allCases.map(\.rawValue)
            let name = try ValueForm<String>.oneOf(names).parse(node)
            return .verdict(Verdict(rawValue: name) ?? .valid)
        case .text, .truth, .time: preconditionFailure("a threshold limits a figure")
        }
    }

    /// `0.98 offered`, `98% offered` or `offered`; nil if the text does not end with the word.
    private static func shareOfOffered(
        _ text: String, at place: Place
    ) throws(ProfileError) -> Double? {
        guard text.hasSuffix("offered") else { return nil }
        let share = text.dropLast("offered".count).trimmed
        if share.isEmpty { return 1 }
        if let percent = try percent(share, at: place) { return percent / 100 }
        return try number(.init(content: .scalar(share, isPlain: true), place: place))
    }

    /// Nil if the text does not end with the sign.
    private static func percent(_ text: String, at place: Place) throws(ProfileError) -> Double? {
        guard text.hasSuffix("%") else { return nil }
        let number = text.dropLast().trimmed
        return try self.number(.init(content: .scalar(number, isPlain: true), place: place))
    }

    private static func number(_ node: ProfileDocument.Node) throws(ProfileError) -> Double {
        let value = try ValueForm<Double>.decimal.parse(node)
        guard value >= 0 else {
            throw ProfileError(
                "\(value) is below 0, but metrics are never negative", at: node.place)
        }
        return value
    }

    private static func bytes(_ text: String, at place: Place) throws(ProfileError) -> Double {
        let node = ProfileDocument.Node(content: .scalar(text, isPlain: true), place: place)
        let form = ValueForm<Int>.byteSize.limited(to: 0...Int.max, "0 or more")
        return Double(try form.parse(node))
    }
}
