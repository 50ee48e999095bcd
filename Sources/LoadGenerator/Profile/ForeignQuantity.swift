/// A number with a unit in a spelling that no setting accepts: `1e3`, `1,000`, `10 sec`, `1kHz`.
///
/// The error suggests the accepted spelling.
struct ForeignQuantity {
    /// Digits, with a point if there is a fraction.
    let number: String
    let unit: String

    /// Nil if the text does not begin with a number.
    init?(_ text: String) {
        let form = /([0-9][0-9_]*(?:[,' ][0-9]{3})*)(?:\.([0-9]+))?(?:[eE]\+?([0-9]{1,2}))?\s*(.*)/
        guard let match = text.wholeMatch(of: form) else { return nil }
        let whole = String(match.1.filter { $0.isNumber || $0 == "_" })
        let fraction = match.2.map(String.init) ?? ""
        if let exponent = match.3.flatMap({ Int($0) }) {
            number = Self.shifted(whole.filter { $0 != "_" }, fraction, by: exponent)
        } else {
            number = fraction.isEmpty ? whole : whole + "." + fraction
        }
        unit = String(match.4)
    }

    /// The number with its point moved to the right.
    private static func shifted(_ whole: String, _ fraction: String, by places: Int) -> String {
        let moved = fraction.prefix(places)
        let digits =
            whole + moved + String(repeating: "0", count: max(places - fraction.count, 0))
        let significant = digits.drop { $0 == "0" }
        let rest = fraction.dropFirst(places)
        return (significant.isEmpty ? "0" : String(significant)) + (rest.isEmpty ? "" : "." + rest)
    }

    // MARK: Suggestions

    /// The number with the unit of `symbols` that is meant; nil if none is.
    func meant(among symbols: [String]) -> String? {
        if unit.isEmpty { return symbols.contains("") ? number : nil }
        let lowered = unit.lowercased()
        let symbol =
            Self.words[lowered].flatMap { symbols.contains($0) ? $0 : nil }
            ?? symbols.first { $0.lowercased() == lowered }
            ?? symbols.first { $0.lowercased().hasPrefix(lowered) }
        return symbol.map { number + $0 }
    }

    /// As a rate: a plain number means records a second.
    var meantRate: String? {
        let parts = unit.lowercased().split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { return nil }
        var records = parts.first.map(String.init) ?? ""
        var period = parts.count == 2 ? String(parts[1]) : "s"
        for ending in ["hz", "rps", "records", "record", "msgs", "messages"]
        where records.hasSuffix(ending) {
            records.removeLast(ending.count)
            break
        }
        period = Self.words[period[...].trimmed] ?? period
        guard let multiple = ["": "", "k": "k", "m": "M", "g": "G"][records[...].trimmed] else {
            return nil
        }
        return "\(number)\(multiple)/\(period)"
    }

    private static let words = [
        "sec": "s", "secs": "s", "second": "s", "seconds": "s", "msec": "ms", "millis": "ms",
        "millisecond": "ms", "milliseconds": "ms", "usec": "us", "micros": "us",
        "microsecond": "us", "microseconds": "us", "nsec": "ns", "nanos": "ns",
        "nanosecond": "ns", "nanoseconds": "ns", "mins": "min", "minute": "min",
        "minutes": "min", "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "day": "d",
        "days": "d", "byte": "B", "bytes": "B", "thousand": "k", "million": "M", "billion": "G",
    ]
}
