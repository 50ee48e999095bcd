/// Reads a CSV file row by row, with one piece of the file and one row in memory.
///
/// LF, CR LF and CR end a row. Blanks before a field, and after one in quotes, do not belong to it.
/// A byte order mark is skipped. One owner.
struct CSVRowReader: ~Copyable {
    /// The row that was read last; reused for the next.
    struct Row {
        /// The fields one after the other, without quotes.
        fileprivate(set) var bytes: [UInt8] = []
        /// Where each field ends in `bytes`.
        fileprivate(set) var ends: [Int] = []
        /// Where the row begins; counts from 1.
        fileprivate(set) var line = 1
        /// Whether it ends with a line break; false for a last row that was cut off.
        fileprivate(set) var isEnded = true

        var fieldCount: Int { ends.count }
        var byteCount: Int { bytes.count }

        func range(of field: Int) -> Range<Int> {
            (field == 0 ? 0 : ends[field - 1])..<ends[field]
        }

        /// Nil if the field is not a finite number.
        func number(of field: Int) -> Double? {
            let range = range(of: field)
            guard !range.isEmpty else { return nil }
            // Most numbers are digits with a point, which need no general parser.
            var (digits, decimals, isPlain) = (0, 1.0, range.count <= 15)
            var sawPoint = false
            for index in range where isPlain {
                let byte = bytes[index]
                if byte == UInt8(ascii: "."), !sawPoint {
                    sawPoint = true
                } else if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                    digits = digits * 10 + Int(byte - UInt8(ascii: "0"))
                    if sawPoint { decimals *= 10 }
                } else {
                    isPlain = false
                }
            }
            if isPlain { return Double(digits) / decimals }
            guard let number = text(of: field).flatMap(Double.init), number.isFinite else {
                return nil
            }
            return number
        }

        /// Nil for bytes that are not UTF-8.
        func text(of field: Int) -> String? {
            String(validating: bytes[range(of: field)], as: UTF8.self)
                .map(SpreadsheetText.unmarked)
        }
    }

    private enum State {
        case start
        case plain
        case quoted
        /// After a quote inside quotes: it is doubled, or the end.
        case quote
        case behindQuotes
        /// At a quote in the middle of an unquoted field.
        case strayQuote
    }

    private(set) var row = Row()
    private let pieces: FilePieces
    private var buffer: [UInt8] = []
    private var position = 0
    /// Ends of lines so far.
    private var breaks = 0
    private var wasReturn = false
    /// Whether the file ended in the middle of a row.
    var isCutOff = false

    /// - Parameter path: the name in errors.
    init(_ bytes: [UInt8], path: String) throws(ReportingError) {
        try self.init(FilePieces(bytes, path: path))
    }

    init(path: String) throws(ReportingError) { try self.init(FilePieces(path: path)) }

    private init(_ pieces: FilePieces) throws(ReportingError) {
        self.pieces = pieces
        try fill()
        try skipByteOrderMark()
    }

    var path: String { pieces.path }
    /// How much of the file has been read, for progress.
    var readByteCount: Int { pieces.readByteCount }
    var byteCount: Int { pieces.byteCount }

    private mutating func skipByteOrderMark() throws(ReportingError) {
        if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        if buffer.starts(with: [0xFF, 0xFE]) || buffer.starts(with: [0xFE, 0xFF]) {
            throw .malformedCSV(
                path: path, line: 1, reason: "the file is UTF-16, not UTF-8; save it as UTF-8")
        }
    }

    /// Reads the next piece; false at the end of the file.
    @discardableResult
    private mutating func fill() throws(ReportingError) -> Bool {
        buffer = try pieces.next()
        position = 0
        return !buffer.isEmpty
    }

    /// Reads a row into `row`; false at the end.
    mutating func next() throws(ReportingError) -> Bool {
        row.bytes.removeAll(keepingCapacity: true)
        row.ends.removeAll(keepingCapacity: true)
        row.isEnded = false
        var state = State.start
        var isEmpty = true
        row.line = 0
        while true {
            if position == buffer.count, try !fill() { break }
            if wasReturn {
                // LF after CR does not end another row.
                if buffer[position] == UInt8(ascii: "\n") { position += 1 }
                wasReturn = false
                continue
            }
            if isEmpty { row.line = breaks + 1 }
            isEmpty = false
            if Self.scan(buffer, &position, &state, &row, &breaks) {
                wasReturn = buffer[position - 1] == UInt8(ascii: "\r")
                row.isEnded = true
                return true
            }
            if state == .behindQuotes, position < buffer.count {
                throw malformed(
                    "there is \(described(buffer[position])) between a quote and the next comma")
            }
            if state == .strayQuote {
                throw malformed("a quote inside an unquoted field")
            }
        }
        guard !isEmpty else { return false }
        guard state != .quoted else { throw malformed("a quote opens and never closes") }
        row.ends.append(row.bytes.count)
        return true
    }

    private func malformed(_ reason: String) -> ReportingError {
        .malformedCSV(path: path, line: row.line, reason: reason)
    }

    private func described(_ byte: UInt8) -> String {
        (0x21...0x7E).contains(byte)
            ? "'\(Character(UnicodeScalar(byte)))'" : "byte 0x" + String(byte, radix: 16)
    }

    /// Scans to the end of the row, to the end of the buffer, or to a character that is not
    /// allowed.
    private static func scan(
        _ buffer: [UInt8], _ position: inout Int, _ state: inout State, _ row: inout Row,
        _ breaks: inout Int
    ) -> Bool {
        let comma = UInt8(ascii: ",")
        let quote = UInt8(ascii: "\"")
        let (feed, carriage) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
        while position < buffer.count {
            let byte = buffer[position]
            switch state {
            case .start, .behindQuotes:
                position += 1
                if byte == comma {
                    row.ends.append(row.bytes.count)
                    state = .start
                } else if byte == feed || byte == carriage {
                    row.ends.append(row.bytes.count)
                    breaks += 1
                    return true
                } else if byte == 0x20 || byte == 0x09 {
                    continue
                } else if state == .behindQuotes {
                    position -= 1
                    return false
                } else if byte == quote {
                    state = .quoted
                } else {
                    position -= 1
                    state = .plain
                }
            case .plain:
                var end = position
                while end < buffer.count, buffer[end] != comma, buffer[end] != feed,
                    buffer[end] != carriage, buffer[end] != quote
                {
                    end += 1
                }
                row.bytes += buffer[position..<end]
                position = end
                guard end < buffer.count else { return false }
                if buffer[end] == quote {
                    state = .strayQuote
                    return false
                }
                state = .start
            case .quoted:
                var end = position
                while end < buffer.count, buffer[end] != quote {
                    // CR LF counts as its CR.
                    let isFirst =
                        buffer[end] == carriage
                        || buffer[end] == feed && !(end > 0 && buffer[end - 1] == carriage)
                    if isFirst { breaks += 1 }
                    end += 1
                }
                row.bytes += buffer[position..<end]
                position = end
                guard end < buffer.count else { return false }
                position += 1
                state = .quote
            case .quote:
                if byte == quote {
                    row.bytes.append(quote)
                    position += 1
                    state = .quoted
                } else {
                    state = .behindQuotes
                }
            case .strayQuote: return false
            }
        }
        return false
    }
}
