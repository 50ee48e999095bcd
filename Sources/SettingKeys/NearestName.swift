/// The valid name nearest to a mistyped one, for "did you mean …?".
package enum NearestName {
    /// The candidate with the fewest edits, nil where none is near enough to be what was meant.
    package static func of(_ name: String, among candidates: [String]) -> String? {
        let limit = max(1, min(4, name.count / 3))
        let lowered = Array(name.lowercased().prefix(64))
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let other = Array(candidate.lowercased())
            var distance = editDistance(lowered, other)
            // Kafka's names are long and dotted: someone who writes the beginning or the end of
            // one means it, however many characters are missing.
            let text = candidate.lowercased()
            let query = name.lowercased()
            if query.count >= 3, text.hasPrefix(query) || text.hasSuffix("." + query) {
                distance = min(distance, 1)
            }
            if distance <= limit, distance < best?.distance ?? .max {
                best = (candidate, distance)
            }
        }
        return best?.name
    }

    /// The candidate of which a run of dotted components is nearest: `lingr` and `lingr.ms` both mean
    /// `producers.config.linger.ms`. Of equals, one that ends with the run.
    package static func byComponents(of name: String, among candidates: [String]) -> String? {
        let count = name.split(separator: ".").count
        let limit = min(4, name.count / 3)
        let wanted = Array(name.lowercased().prefix(64))
        var best: (name: String, rank: Int)?
        for candidate in candidates {
            let components = candidate.split(separator: ".")
            // A dot too many or too few is a typing error, too.
            for length in max(count - 1, 1)...(count + 1) where length <= components.count {
                for start in 0...(components.count - length) {
                    let run = components[start..<(start + length)].joined(separator: ".")
                    let distance = editDistance(wanted, Array(run.lowercased()))
                    let rank = 2 * distance + (start + length == components.count ? 0 : 1)
                    if distance <= limit, rank < best?.rank ?? .max { best = (candidate, rank) }
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

    /// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
    private static func editDistance(_ a: [Character], _ b: [Character]) -> Int {
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in 0..<a.count {
            var current = [i + 1] + [Int](repeating: 0, count: b.count)
            for j in 0..<b.count {
                let substitution = last[j] + (a[i] == b[j] ? 0 : 1)
                current[j + 1] = min(substitution, last[j + 1] + 1, current[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    current[j + 1] = min(current[j + 1], beforeLast[j - 1] + 1)
                }
            }
            beforeLast = last
            last = current
        }
        return last[b.count]
    }
}
