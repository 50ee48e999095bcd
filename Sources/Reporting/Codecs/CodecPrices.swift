import Foundation

/// What CPU time, disk and network cost, in any currency: a line for each price, `core_hour: 0.04`.
public struct CodecPrices: Sendable, Equatable {
    /// Of a core for an hour.
    public var coreHour: Double
    /// Of 10⁹ bytes on a disk for a month.
    public var gbMonth: Double
    /// Of 10⁹ bytes from one zone to another.
    public var zoneGB: Double

    /// Why a file of prices cannot be used.
    public struct Fault: Error, CustomStringConvertible, Equatable {
        public let description: String
    }

    private static let required = ["core_hour", "gb_month"]
    private static let names = required + ["zone_gb"]

    /// - Parameter text: a line for each price; what follows a # is a comment.
    public init(_ text: String) throws(Fault) {
        var known: [String: Double] = [:]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let words = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
            if words.isEmpty { continue }
            let parts = words.split(separator: ":", maxSplits: 1).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard parts.count == 2, Self.names.contains(parts[0]) else {
                throw Fault(
                    description: "line \(index + 1): not a price; expected one of "
                        + Self.names.map { "'\($0): number'" }.joined(separator: ", "))
            }
            guard let price = Double(parts[1]), price >= 0, price.isFinite else {
                throw Fault(
                    description: "line \(index + 1): \(parts[0]) is a number of 0 or more, not "
                        + "'\(parts[1])'")
            }
            guard known.updateValue(price, forKey: parts[0]) == nil else {
                throw Fault(description: "line \(index + 1): \(parts[0]) is given twice")
            }
        }
        for name in Self.required where known[name] == nil {
            throw Fault(description: "no price of \(name); add a line '\(name): number'")
        }
        coreHour = known["core_hour"] ?? 0
        gbMonth = known["gb_month"] ?? 0
        zoneGB = known["zone_gb"] ?? 0
    }
}
