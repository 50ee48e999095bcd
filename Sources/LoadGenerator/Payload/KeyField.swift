/// Where the key of each record of a corpus is: `keys.kind: field`.
struct KeyField {
    private enum Place {
        /// A member, inside others.
        case member([[UInt8]])
        case column(Int)
        case group(Regex<AnyRegexOutput>)
    }

    private let place: Place

    /// Nil for keys of another kind.
    /// - Parameter columns: the line of column names.
    init?(
        _ settings: KeySettings, path: String, columns: ArraySlice<UInt8>?
    ) throws(PayloadError) {
        guard settings.kind == .field else { return nil }
        // Both were validated with the profile.
        if let pattern = settings.pattern, let regex = try? Regex(pattern) {
            place = .group(regex)
            return
        }
        guard let field = settings.field else { return nil }
        guard let columns else {
            place = .member(field.split(separator: ".").map { Array($0.utf8) })
            return
        }
        let names = CSVFields.all(columns)
        guard let column = names.firstIndex(of: Array(field.utf8)) else {
            throw .noKey(path: path, field: field)
        }
        place = .column(column)
    }

    /// Nil for a record without it.
    func key(of record: ArraySlice<UInt8>) -> [UInt8]? {
        switch place {
        case .member(let names):
            var value = record
            for name in names {
                guard let inner = JSONMember.value(of: name, in: value) else { return nil }
                value = inner
            }
            return JSONMember.text(value)
        case .column(let column):
            let fields = CSVFields.all(record)
            return column < fields.count ? fields[column] : nil
        case .group(let regex):
            let text = String(decoding: record, as: UTF8.self)
            guard let match = try? regex.firstMatch(in: text),
                let group = match.output.dropFirst().first,
                let substring = group.substring
            else { return nil }
            return Array(substring.utf8)
        }
    }
}
