import Foundation

/// Milliseconds since 1970, written as ISO 8601 in UTC: `2026-01-31T12:00:00Z`, with or without a
/// fraction of the second.
enum UTCMillis {
    private static let whole = Date.ISO8601FormatStyle()
    private static let fractional = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// Nil for another text, and for a time before 1970.
    static func parse(_ text: String) -> Int64? {
        guard let date = (try? whole.parse(text)) ?? (try? fractional.parse(text)) else {
            return nil
        }
        let millis = (date.timeIntervalSince1970 * 1000).rounded()
        return millis >= 0 ? Int64(millis) : nil
    }

    static func text(_ millis: Int64) -> String {
        Date(timeIntervalSince1970: Double(millis) / 1000)
            .formatted(millis % 1000 == 0 ? whole : fractional)
    }
}
