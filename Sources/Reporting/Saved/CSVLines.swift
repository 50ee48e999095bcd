import SwiftCSV

/// The rows of a CSV text, each with the line that it began at.
///
/// SwiftCSV splits the text. What it does not tell is told here: the line of a fault, a quote that
/// never closes, and a last row without an end of line whose last field is empty.
struct CSVLines: Sequence {
    struct Line {
        let fields: [String]
        /// Counts from 1.
        let line: Int
        let isLast: Bool
    }

    private var lines: [Line] = []

    /// A row of its own, put behind the text: a quote that is open at the end swallows it.
    private static let endMark = "\u{1}end of text\u{1}"

    init(text: String, path: String) throws(ReportingError) {
        guard !text.isEmpty else { return }
        let ended = (text.last?.isNewline == true ? text : text + "\n") + Self.endMark
        let reading = Reading()
        do {
            // The rows come from the enumeration, which pads none; hence no row at once.
            let parser = try EnumeratedCSV(
                string: ended, delimiter: .comma, loadColumns: false, rowLimit: 0)
            try parser.enumerateAsArray(startAt: 0, rowLimit: nil) { reading.append($0) }
        } catch CSVParseError.generic(let reason), CSVParseError.quotation(let reason) {
            throw .malformedCSV(path: path, line: reading.line, reason: reason)
        } catch {
            throw .malformedCSV(path: path, line: reading.line, reason: "\(error)")
        }
        let final = reading.rows.popLast()
        guard final?.fields == [Self.endMark] else {
            throw .malformedCSV(
                path: path, line: final?.line ?? 1, reason: "a quote opens and never closes")
        }
        let last = reading.rows.count - 1
        lines = reading.rows.enumerated().map { index, row in
            Line(fields: row.fields, line: row.line, isLast: index == last)
        }
    }

    func makeIterator() -> IndexingIterator<[Line]> { lines.makeIterator() }

    /// What was read so far; a class, since the parser's callback escapes.
    private final class Reading {
        var rows: [(fields: [String], line: Int)] = []
        /// The line at which the next row begins.
        var line = 1

        func append(_ fields: [String]) {
            rows.append((fields, line))
            let breaks = fields.reduce(0) { $0 + $1.count(where: \.isNewline) }
            line += 1 + breaks
        }
    }
}
