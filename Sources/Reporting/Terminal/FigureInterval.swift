import Measurement

/// A figure with its interval, `1.59 M/s [1.57 … 1.62]`.
enum FigureInterval {
    /// - Parameter text: of a number, with its unit after a blank.
    static func text(
        _ value: Double, _ interval: ClosedRange<Double>?, _ text: (Double) -> String
    ) -> String {
        let middle = text(value)
        guard let interval else { return middle }
        let ends = [text(interval.lowerBound), text(interval.upperBound)]
        // All digits that are shown are known.
        if ends.allSatisfy({ $0 == middle }) { return middle }
        let unit = Self.unit(of: middle)
        let isShared = ends.allSatisfy { Self.unit(of: $0) == unit }
        let shown = isShared ? ends.map { String($0.dropLast(unit.count)) } : ends
        return middle + " " + brackets(shown[0], shown[1])
    }

    static func text(
        _ estimate: Estimate, _ text: (Double) -> String = Figure.significant
    ) -> String {
        self.text(estimate.value, estimate.interval, text)
    }

    /// `[4.60 … 4.80]`.
    static func brackets(_ low: String, _ high: String) -> String { "[\(low) … \(high)]" }

    static func brackets(_ interval: ClosedRange<Double>) -> String {
        brackets(Figure.significant(interval.lowerBound), Figure.significant(interval.upperBound))
    }

    /// From the blank on; empty without one.
    private static func unit(of text: String) -> Substring {
        text.firstIndex(of: " ").map { text[$0...] } ?? ""
    }
}
