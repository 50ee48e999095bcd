/// The valid name nearest to a mistyped one, for "did you mean …?".
package enum NearestName {
    /// The candidate with the fewest edits, nil where none is near enough to be what was meant.
    package static func of(_ name: String, among candidates: [String]) -> String? {
        let limit = max(1, min(4, name.count / 3))
        let wanted = letters(name)
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let other = letters(candidate)[...]
            var distance = editDistance(wanted, other, atMost: limit)
            // Kafka's names are long and dotted: someone who writes the beginning or the end of
            // one means it, however many characters are missing.
            if wanted.count >= 3,
                other.starts(with: wanted) || other.suffix(wanted.count + 1) == [dot] + wanted
            {
                distance = distance == 0 ? 0 : 1
            }
            if let distance, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.name
    }

    /// The candidate of which a run of dotted components is nearest: `lingr` and `lingr.ms` both mean
    /// `producers.config.linger.ms`. Of equals, one that ends with the run.
    package static func byComponents(of name: String, among candidates: [String]) -> String? {
        let count = name.split(separator: ".").count
        let limit = min(4, name.count / 3)
        let wanted = letters(name)
        var best: (name: String, rank: Int)?
        for candidate in candidates {
            let text = letters(candidate)
            let components = text.split(separator: dot)
            // A dot too many or too few is a typing error, too.
            for length in max(count - 1, 1)...(count + 1) where length <= components.count {
                for start in 0...(components.count - length) {
                    let end = components[start + length - 1].endIndex
                    let run = text[components[start].startIndex..<end]
                    guard let distance = editDistance(wanted, run, atMost: limit) else { continue }
                    let rank = 2 * distance + (start + length == components.count ? 0 : 1)
                    if rank < best?.rank ?? .max { best = (candidate, rank) }
                }
            }
        }
        return best?.name
    }

    /// "; did you mean 'x'?", or the whole choice where it is short, or nothing.
    package static func hint(for name: String, among candidates: [String]) -> String {
        if let nearest = of(name, among: candidates) { return "; did you mean '\(nearest)'?" }
        guard !candidates.isEmpty, candidates.count <= 12 else { return "" }
        return "; valid are " + candidates.joined(separator: ", ")
    }

    private static let dot = UInt8(ascii: ".")

    /// No name is longer than a topic's may be, 249 bytes; what somebody typed may be.
    private static func letters(_ name: String) -> [UInt8] {
        Array(name.lowercased().utf8.prefix(250))
    }

    /// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment); nil
    /// where it takes more of them than the limit.
    private static func editDistance(
        _ a: [UInt8], _ b: ArraySlice<UInt8>, atMost limit: Int
    ) -> Int? {
        guard abs(a.count - b.count) <= limit else { return nil }
        let b = Array(b)
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in 0..<a.count {
            var current = [i + 1] + [Int](repeating: 0, count: b.count)
            var least = i + 1
            for j in 0..<b.count {
                let substitution = last[j] + (a[i] == b[j] ? 0 : 1)
                var fewest = min(substitution, last[j + 1] + 1, current[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    fewest = min(fewest, beforeLast[j - 1] + 1)
                }
                current[j + 1] = fewest
                least = min(least, fewest)
            }
            // A swap reaches back over one row, so one row beyond the limit does not end it alone.
            if least > limit + 1 { return nil }
            beforeLast = last
            last = current
        }
        return last[b.count] <= limit ? last[b.count] : nil
    }
}
