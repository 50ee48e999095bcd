/// Thins a series that is too long for a page, and keeps its extremes.
///
/// The rows of each series, such as those of one consumer group, are cut into equal stretches. Each
/// stretch keeps its first row, and every row with the lowest or the highest figure of a column. So
/// no peak is lost, and the first rows are a fair sample for medians. When a series has too many
/// stretches, pairs of them are joined: one pass is enough, and memory is bounded. Rows keep their
/// order.
struct SeriesThinner {
    /// Stretches of all series together, if they are equally long; a chart has about as many
    /// pixels.
    private static let stretchLimit = 2_000
    /// The fewest stretches of each series, even if there are many.
    private static let leastStretches = 16

    /// A row that is kept, perhaps for several reasons.
    fileprivate final class Kept {
        let number: Int
        let fields: [String]

        init(number: Int, fields: [String]) {
            self.number = number
            self.fields = fields
        }
    }

    fileprivate struct Stretch {
        var first: Kept
        var count = 0
        /// By figure.
        var lowest: [(value: Double, row: Kept)?]
        var highest: [(value: Double, row: Kept)?]

        /// - Parameter value: of the figure at a place.
        mutating func offer(_ value: Double, at place: Int, _ row: () -> Kept) {
            if lowest[place].map({ value < $0.value }) ?? true { lowest[place] = (value, row()) }
            if highest[place].map({ value > $0.value }) ?? true { highest[place] = (value, row()) }
        }

        mutating func add(_ later: Stretch) {
            count += later.count
            for (place, low) in later.lowest.enumerated() {
                if let low { offer(low.value, at: place) { low.row } }
            }
            for (place, high) in later.highest.enumerated() {
                if let high { offer(high.value, at: place) { high.row } }
            }
        }
    }

    fileprivate struct Series {
        var stretches: [Stretch] = []
        /// Of each stretch but the last.
        var length = 1
    }

    private let figureCount: Int
    private var series: [[UInt8]: Series] = [:]
    private(set) var rowCount = 0

    init(figureCount: Int) { self.figureCount = figureCount }

    /// Takes a row.
    /// - Parameters:
    ///   - key: of its series.
    ///   - figures: nil if not measured.
    ///   - fields: called only if the row is kept.
    mutating func add(
        key: [UInt8], figures: [Double?], fields: () throws(ReportingError) -> [String]
    ) throws(ReportingError) {
        let number = rowCount
        rowCount += 1
        var kept: Kept?
        let limit = max(Self.stretchLimit / max(series.count, 1), Self.leastStretches)
        var own = series.removeValue(forKey: key) ?? Series()
        if own.stretches.last.map({ $0.count >= own.length }) ?? true {
            if own.stretches.count >= limit { own.halve() }
            if own.stretches.last.map({ $0.count >= own.length }) ?? true {
                let row = Kept(number: number, fields: try fields())
                kept = row
                own.stretches.append(
                    Stretch(
                        first: row, lowest: .init(repeating: nil, count: figureCount),
                        highest: .init(repeating: nil, count: figureCount)))
            }
        }
        let last = own.stretches.count - 1
        own.stretches[last].count += 1
        for (place, figure) in figures.enumerated() {
            guard let figure else { continue }
            if kept == nil {
                let isWithin =
                    own.stretches[last].lowest[place].map { figure >= $0.value } ?? false
                    && own.stretches[last].highest[place].map { figure <= $0.value } ?? false
                if isWithin { continue }
                kept = Kept(number: number, fields: try fields())
            }
            let row = kept!
            own.stretches[last].offer(figure, at: place) { row }
        }
        series[key] = own
    }

    /// The rows that were kept, in order.
    var rows: [(fields: [String], isExtreme: Bool)] {
        var kept: [Int: (fields: [String], isExtreme: Bool)] = [:]
        for stretch in series.values.lazy.flatMap(\.stretches) {
            for row in (stretch.lowest + stretch.highest).compactMap({ $0?.row }) {
                if kept[row.number] == nil { kept[row.number] = (row.fields, true) }
            }
            kept[stretch.first.number] = (stretch.first.fields, false)
        }
        return kept.sorted { $0.key < $1.key }.map(\.value)
    }
}

extension SeriesThinner.Series {
    /// Joins pairs of stretches.
    fileprivate mutating func halve() {
        var merged: [SeriesThinner.Stretch] = []
        for (index, stretch) in stretches.enumerated() {
            if index.isMultiple(of: 2) {
                merged.append(stretch)
            } else {
                merged[merged.count - 1].add(stretch)
            }
        }
        stretches = merged
        length *= 2
    }
}
