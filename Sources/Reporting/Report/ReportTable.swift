/// A table of a report; the first cell of each row is its heading.
struct ReportTable {
    struct Heading {
        var headingText: String
        var headingDetail: String?
        var isNumber: Bool

        static func text(_ text: String) -> Heading { Heading(headingText: text, isNumber: false) }
        static func number(_ text: String, detail: String? = nil) -> Heading {
            Heading(headingText: text, headingDetail: detail, isNumber: true)
        }
    }

    /// The contents of a cell.
    struct Entry: ExpressibleByStringLiteral {
        var text: String
        /// A second, smaller line: the interval below a median.
        var detail: String?
        /// A third line, in the tone's colour: the comparison with the baseline.
        var remark: String?
        /// `better`, `worse`, `same` or `front`: the class of its colours; the words say it, too.
        var tone = ""

        init(_ text: String, detail: String? = nil, tone: String = "") {
            (self.text, self.detail, self.tone) = (text, detail, tone)
        }

        init(stringLiteral text: String) { self.init(text) }
    }

    struct Cell {
        var cellText: String
        var detail: String?
        var remark: String?
        var tone: String?
        var isNumber: Bool
        var isRowHeading: Bool
        /// The heading of its column, which a narrow page shows above the cell.
        var cellLabel: String
        /// Whether it takes the whole width where the cells of a row are below each other.
        var isLong: Bool
    }

    struct Row {
        var cells: [Cell]
    }

    var tableTitle: String
    var headings: [Heading]
    private(set) var rows: [Row] = []
    var tableNote: String?
    /// Folded away until the reader opens it.
    var isFolded: Bool
    /// The class by which the style sheet decides up to which width of the page each row is a block
    /// of its own, so that no column is cut off: `few`, `some`, `many` or `most` columns.
    let tableBreadth: String

    var isEmpty: Bool { rows.isEmpty }

    init(_ title: String, columns: [Heading], note: String? = nil, isFolded: Bool = false) {
        tableTitle = title
        headings = columns
        tableNote = note
        self.isFolded = isFolded
        tableBreadth =
            switch columns.count {
            case ...3: "few"
            case ...7: "some"
            case ...12: "many"
            default: "most"
            }
    }

    /// Adds a row with an entry for each column.
    mutating func add(_ entries: [Entry]) {
        precondition(entries.count == headings.count, "an entry for each column")
        let cells = zip(entries, headings).enumerated().map { index, pair in
            Cell(
                cellText: pair.0.text, detail: pair.0.detail.map(HTMLText.unbroken),
                remark: pair.0.remark.map(HTMLText.unbroken),
                tone: pair.0.tone.isEmpty ? nil : pair.0.tone, isNumber: pair.1.isNumber,
                isRowHeading: index == 0, cellLabel: pair.1.headingText,
                isLong: !pair.1.isNumber && pair.0.text.count > Self.longText)
        }
        rows.append(Row(cells: cells))
    }

    mutating func add(_ texts: [String]) {
        add(texts.map { Entry($0) })
    }

    /// Characters of a text that does not fit the narrow column of a block.
    private static let longText = 24
}
