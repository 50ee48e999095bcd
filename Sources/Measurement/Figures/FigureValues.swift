/// A value of a figure, in the few types that files need.
public enum FigureValue: Sendable, Equatable {
    case integer(Int64)
    case number(Double)
    case text(String)

    /// Nil for a text.
    public var number: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        case .text: nil
        }
    }

    /// Nil for a number.
    public var text: String? {
        if case .text(let text) = self { text } else { nil }
    }
}

extension FigureValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral
{
    public init(integerLiteral integer: Int64) { self = .integer(integer) }
    public init(floatLiteral number: Double) { self = .number(number) }
    public init(stringLiteral text: String) { self = .text(text) }
}

/// The values of a run's figures. A figure that was not measured has none; formulas are computed
/// from the others.
public struct FigureValues: Sendable, Equatable {
    private var measured: [String: FigureValue] = [:]

    public init() {}

    /// - Parameter column: of a figure; any other name is a programming error.
    public subscript(column: String) -> FigureValue? {
        get {
            let figure = Self.figure(column)
            if let value = measured[column] { return value }
            return figure.formula?.value(number).map(FigureValue.number)
        }
        set {
            _ = Self.figure(column)
            measured[column] = newValue
        }
    }

    /// Nil if it was not measured, or is a text.
    public func number(_ column: String) -> Double? { self[column]?.number }

    private static func figure(_ column: String) -> RunFigure {
        guard let figure = RunFigure.named(column) else {
            preconditionFailure("\(column) is not a figure")
        }
        return figure
    }

    /// Sets all figures of a latency.
    public mutating func set(_ latency: LatencySummary?, of kind: LatencyKind) {
        for point in LatencyPoint.allCases {
            self[point.column(of: kind)] = latency.map { .number($0.nanos(point) / 1_000) }
        }
    }
}
