/// Finds a member of a JSON object without decoding the rest. The text was checked by `JSONCheck`, or is
/// taken as far as it holds.
enum JSONMember {
    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")

    /// The bytes of the value of the object's own member, a string with its quotes; nil without one. Of
    /// members with one name the first counts.
    static func value(of name: [UInt8], in text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        var position = skipBlanks(text, text.startIndex)
        guard position < text.endIndex, text[position] == UInt8(ascii: "{") else { return nil }
        position += 1
        while true {
            position = skipBlanks(text, position)
            guard position < text.endIndex, text[position] == quote else { return nil }
            let key = position
            position = end(of: text, at: position)
            let isWanted = text[key..<position].dropFirst().dropLast().elementsEqual(name)
            position = skipBlanks(text, position)
            guard position < text.endIndex, text[position] == UInt8(ascii: ":") else { return nil }
            let start = skipBlanks(text, position + 1)
            position = end(of: text, at: start)
            guard position > start else { return nil }
            if isWanted { return text[start..<position] }
            position = skipBlanks(text, position)
            guard position < text.endIndex, text[position] == UInt8(ascii: ",") else { return nil }
            position += 1
        }
    }

    /// A string without its quotes, its escapes as they are; anything else as it is. Nil for null.
    static func text(_ value: ArraySlice<UInt8>) -> [UInt8]? {
        if value.first == quote { return Array(value.dropFirst().dropLast()) }
        return value.elementsEqual("null".utf8) ? nil : Array(value)
    }

    private static func skipBlanks(_ text: ArraySlice<UInt8>, _ start: Int) -> Int {
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        return text[start...].firstIndex { !blanks.contains($0) } ?? text.endIndex
    }

    /// The end of the value that begins at a position.
    private static func end(of text: ArraySlice<UInt8>, at start: Int) -> Int {
        var position = start
        var depth = 0
        while position < text.endIndex {
            switch text[position] {
            case quote:
                position = stringEnd(text, position)
                if depth == 0 { return position }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return position }
                depth -= 1
                if depth == 0 { return position + 1 }
            case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x09, 0x0A, 0x0D:
                if depth == 0 { return position }
            default: break
            }
            position += 1
        }
        return position
    }

    private static func stringEnd(_ text: ArraySlice<UInt8>, _ start: Int) -> Int {
        var position = start + 1
        while position < text.endIndex, text[position] != quote {
            position += text[position] == backslash ? 2 : 1
        }
        return min(position + 1, text.endIndex)
    }
}
