/// Prefixes of names with a value for each: finds all prefixes that a name begins with.
///
/// They are sorted by their bytes, and each knows the longest other one that it begins with itself. The last
/// prefix that does not come after the name is found by bisection. Every prefix of the name is that one, or one
/// that it begins with: between a prefix of the name and the name there are only texts that begin with it. So
/// the search goes up from there, and allocates nothing.
///
/// Bytes are compared, as Kafka compares characters: texts that only look alike are different ones.
struct PrefixTable<Value: Sendable>: Sendable {
    fileprivate struct Entry: Sendable {
        let prefix: [UInt8]
        /// The index of the longest other prefix of this one; −1 where there is none.
        let parent: Int
        let value: Value
    }

    private var entries: [Entry] = []

    init(_ values: [ExactName: Value]) {
        let sorted = values.map { (prefix: Array($0.key.text.utf8), value: $0.value) }
            .sorted { $0.prefix.lexicographicallyPrecedes($1.prefix) }
        entries.reserveCapacity(sorted.count)
        // Those that the one at hand may begin with, the longest last.
        var open: [Int] = []
        for (index, item) in sorted.enumerated() {
            while let last = open.last, !item.prefix.starts(with: entries[last].prefix) {
                open.removeLast()
            }
            entries.append(
                Entry(prefix: item.prefix, parent: open.last ?? -1, value: item.value))
            open.append(index)
        }
    }

    /// Takes the values of all prefixes of a name, the longest first.
    func forEach(of name: String, _ body: (Value) -> Void) {
        guard !entries.isEmpty else { return }
        var index = longestPrefix(of: name.utf8)
        while index >= 0 {
            body(entries[index].value)
            index = entries[index].parent
        }
    }

    func hasPrefix(of name: String) -> Bool {
        !entries.isEmpty && longestPrefix(of: name.utf8) >= 0
    }

    /// Its index; −1 where there is none.
    private func longestPrefix(of text: String.UTF8View) -> Int {
        let name = text.span
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if Self.relation(of: entries[middle].prefix, to: name) == .comesAfter {
                high = middle
            } else {
                low = middle + 1
            }
        }
        var index = low - 1
        while index >= 0, Self.relation(of: entries[index].prefix, to: name) != .isPrefix {
            index = entries[index].parent
        }
        return index
    }

    private enum Relation {
        case isPrefix
        case comesBefore
        case comesAfter
    }

    private static func relation(of prefix: [UInt8], to name: Span<UInt8>) -> Relation {
        let bytes = prefix.span
        for index in 0..<min(bytes.count, name.count) where bytes[index] != name[index] {
            return bytes[index] < name[index] ? .comesBefore : .comesAfter
        }
        return bytes.count <= name.count ? .isPrefix : .comesAfter
    }
}
