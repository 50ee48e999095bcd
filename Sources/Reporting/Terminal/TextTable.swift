/// Rows of text in columns: the first to the left, the others to the right.
struct TextTable {
    private var rows: [[String]] = []
    private let indent: String

    init(indent: Int = 2) {
        self.indent = String(repeating: " ", count: indent)
    }

    mutating func add(_ cells: [String]) { rows.append(cells) }

    var isEmpty: Bool { rows.isEmpty }

    func lines(gap: Int = 3) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let blanks = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + blanks : blanks + cell
            }
            let line = indent + cells.joined(separator: String(repeating: " ", count: gap))
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }
}
