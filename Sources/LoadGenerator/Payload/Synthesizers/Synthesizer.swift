import Glibc

/// Makes realistic records one after the other. To compress as real ones do, they have skewed
/// frequencies of names and products, random ids, and timestamps that drift forward.
protocol Synthesizer {
    /// Writes the next record's value and key into an empty text.
    mutating func write(_ text: inout RecordText)
}

/// The clock of synthesized events. It always begins on 1 January 2026, so that a seed gives the
/// same bytes every day.
struct EventClock {
    /// Milliseconds since 1970.
    private(set) var now = 1_767_225_600_000
    /// Of the exponential gaps between events, in milliseconds.
    let meanGap: Double
    private var exact = 0.0

    init(meanGapMilliseconds: Double) { meanGap = meanGapMilliseconds }

    mutating func advance(_ generator: inout RandomGenerator) {
        exact -= log(generator.nextUnitInterval()) * meanGap
        let whole = exact.rounded(.down)
        now += Int(whole)
        exact -= whole
    }
}

/// A list of texts with weights: the values of a skewed field.
struct WeightedTexts {
    private let texts: [[UInt8]]
    private let table: AliasTable

    init(_ weighted: [(String, Double)]) {
        texts = weighted.map { Array($0.0.utf8) }
        table = AliasTable(weights: weighted.map(\.1))
    }

    /// The first is the most frequent; the others are proportional to 1 ÷ rank.
    init(zipfian names: [String]) {
        self.init(names.enumerated().map { ($1, 1 / Double($0 + 1)) })
    }

    func draw(_ generator: inout RandomGenerator) -> [UInt8] { texts[table.draw(&generator)] }
}
