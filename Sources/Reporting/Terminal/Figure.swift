import Foundation

/// Numbers for people: three significant digits with an SI unit that fits the size, and exact
/// counts with a comma at the thousands. For the terminal; files never use these.
enum Figure {
    /// `1.23 M/s`.
    static func rate(_ perSecond: Double) -> String { scaled(perSecond) + "/s" }

    /// `1.23 GB/s`; decimal units, 10⁹ bytes.
    static func byteRate(_ perSecond: Double) -> String { scaled(perSecond) + "B/s" }

    /// `1.23 GB`.
    static func bytes(_ count: Double) -> String { scaled(count) + "B" }

    /// `1,234,567`.
    static func count(_ number: UInt64) -> String {
        let digits = Array(String(number))
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { result.append(",") }
            result.append(digit)
        }
        return result
    }

    static func count(_ number: Int64) -> String {
        (number < 0 ? "-" : "") + count(number.magnitude)
    }

    /// `812 ns`, `12.3 µs`, `1.23 ms`, `12.0 s`, `75.0 min`.
    static func duration(nanos: Double) -> String {
        guard nanos.isFinite else { return "-" }
        let steps: [(limit: Double, unit: Double, name: String)] = [
            (999.5, 1, "ns"), (999.5e3, 1e3, "µs"), (999.5e6, 1e6, "ms"), (599.5e9, 1e9, "s"),
            (.infinity, 60e9, "min"),
        ]
        let step = steps.first { abs(nanos) < $0.limit }!
        // Whole nanoseconds are as fine as the clock is.
        if step.name == "ns" { return fixed(nanos, digits: 0) + " ns" }
        return significant(nanos / step.unit) + " " + step.name
    }

    static func duration(nanos: Int64) -> String { duration(nanos: Double(nanos)) }

    static func duration(seconds: Double) -> String { duration(nanos: seconds * 1e9) }

    /// `12.3 %` of a share of 0.123.
    static func percent(ofShare share: Double) -> String {
        share.isFinite ? significant(share * 100) + " %" : "-"
    }

    static func fixed(_ number: Double, digits: Int) -> String {
        CSV.decimal(number, digits: digits) ?? "-"
    }

    /// Three significant digits, no exponent: 0.0123, 1.23, 12.3, 123, 12300.
    static func significant(_ number: Double) -> String {
        guard number.isFinite else { return "-" }
        guard number != 0 else { return "0" }
        // 9.995 shows as 10.0 and not as 10.00.
        let exponent = Int(log10(abs(number) * 1.0005).rounded(.down))
        return fixed(number, digits: min(max(2 - exponent, 0), 6))
    }

    private static func scaled(_ number: Double) -> String {
        guard number.isFinite else { return "-" }
        let steps: [(limit: Double, unit: Double, prefix: String)] = [
            (999.5, 1, ""), (999.5e3, 1e3, "k"), (999.5e6, 1e6, "M"), (999.5e9, 1e9, "G"),
            (.infinity, 1e12, "T"),
        ]
        let step = steps.first { abs(number) < $0.limit }!
        return significant(number / step.unit) + " " + step.prefix
    }
}
