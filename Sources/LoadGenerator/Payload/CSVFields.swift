/// The fields of a line of comma-separated values (RFC 4180), without line ends inside.
enum CSVFields {
    static func all(_ line: ArraySlice<UInt8>) -> [[UInt8]] {
        var fields: [[UInt8]] = []
        var field: [UInt8] = []
        var isQuoted = false
        var mayUnquote = false
        for byte in line {
            if byte == UInt8(ascii: "\"") {
                // Two quotes inside quotes are one.
                if mayUnquote { field.append(byte) }
                mayUnquote = isQuoted && !mayUnquote
                isQuoted = !isQuoted
                continue
            }
            mayUnquote = false
            if byte == UInt8(ascii: ","), !isQuoted {
                fields.append(field)
                field = []
            } else {
                field.append(byte)
            }
        }
        return fields + [field]
    }
}
