/// The places of a sequence, each once a round, in an order of which every beginning is spread evenly
/// over all of them: whoever takes only some has not only those at the front.
///
/// Steps are of the golden section of the length, whose multiples fall into the widest gaps that earlier
/// ones have left (Knuth, *Sorting and Searching*, section 6.4).
struct SpreadOrder: Sendable {
    let count: Int
    private let step: Int

    init(count: Int) {
        precondition(count > 0, "an empty sequence has no order")
        self.count = count
        let golden = Int((Double(count) * 0.618_033_988_749_895).rounded())
        // A step without a common divisor comes to every place; 1 is one.
        step = (1...max(golden, 1)).reversed().first { Self.haveNoDivisor($0, count) } ?? 1
    }

    /// - Parameter turn: from 0; begins anew after `count` turns.
    subscript(turn: Int) -> Int { (turn % count) * step % count }

    private static func haveNoDivisor(_ a: Int, _ b: Int) -> Bool {
        var (a, b) = (a, b)
        while b != 0 { (a, b) = (b, a % b) }
        return a == 1
    }
}
