/// A number with a unit, `1.5M/s` or `64KiB`, parsed exactly: the value is `mantissa ÷ 10^decimals`
/// of the unit, not a floating-point number.
struct Quantity: Sendable {
    /// No setting needs more decimals.
    static let maximumDecimals = 6

    var mantissa: Int
    var decimals: Int
    /// The text after the number, without white space; empty for a plain number.
    var unit: String

    /// Nil if the text does not begin with a number, or with one that is too large for any setting.
    init?(_ text: String) {
        var mantissa = 0
        var decimals = 0
        var digits = 0
        var sawPoint = false
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if isNegative { rest.removeFirst() }
        while let character = rest.first {
            if let digit = character.wholeNumberValue, character.isASCII {
                let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
                let (sum, overflow2) = product.addingReportingOverflow(digit)
                guard !overflow, !overflow2 else { return nil }
                mantissa = sum
                digits += 1
                if sawPoint { decimals += 1 }
            } else if character == ".", !sawPoint, digits > 0 {
                sawPoint = true
            } else if character == "_", digits > 0, !sawPoint {
                // A separator of thousands: 1_000_000.
            } else {
                break
            }
            rest.removeFirst()
        }
        guard digits > 0, !(sawPoint && decimals == 0), decimals <= Self.maximumDecimals else {
            return nil
        }
        self.mantissa = isNegative ? -mantissa : mantissa
        self.decimals = decimals
        unit = String(rest.drop { $0 == " " })
    }

    /// The value in the base unit, of which `multiplier` make one of the written unit; nil if it is
    /// not whole or does not fit.
    func whole(times multiplier: Int) -> Int? {
        let (product, overflow) = mantissa.multipliedReportingOverflow(by: multiplier)
        guard !overflow else { return nil }
        var divisor = 1
        for _ in 0..<decimals { divisor *= 10 }
        return product % divisor == 0 ? product / divisor : nil
    }
}
