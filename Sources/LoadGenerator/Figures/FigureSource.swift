import Measurement

/// The source of a figure's value. A new figure needs a source and an entry in the table of
/// figures.
struct FigureSource: Sendable {
    let column: String
    /// In the figure's unit; nil if it was not measured.
    let value: @Sendable (RunFigures) -> FigureValue?

    static func count<Count: BinaryInteger & SendableMetatype>(
        _ column: String, _ count: @escaping @Sendable (RunFigures) -> Count?
    ) -> FigureSource {
        FigureSource(column: column) { count($0).map { .integer(Int64(clamping: $0)) } }
    }

    static func number(
        _ column: String, _ number: @escaping @Sendable (RunFigures) -> Double?
    ) -> FigureSource {
        FigureSource(column: column) { number($0).map { .number($0) } }
    }

    static func text(
        _ column: String, _ text: @escaping @Sendable (RunFigures) -> String?
    ) -> FigureSource {
        FigureSource(column: column) { text($0).map { .text($0) } }
    }
}
