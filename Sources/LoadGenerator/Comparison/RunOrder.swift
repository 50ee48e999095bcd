/// The order of a comparison's runs. A round has each variant once, and no variant always has the
/// same place or the same predecessor.
///
/// A machine warms up, throttles, and writes back data of the run before. In a fixed order A B C A
/// B C this affects the same variant every time, and looks like a difference. So the rounds are the
/// rows of a Williams square (Williams 1949): over as many rounds as there are variants, each
/// variant has each place once, and follows each other variant once if their number is even; an odd
/// number takes twice as many rounds. The first round is in the written order, the others in an
/// order drawn from the seed. A round does not depend on how many follow, so repetitions can be
/// added later.
public enum RunOrder {
    /// The variants, by index, of one round.
    /// - Parameter repetition: from 1.
    public static func round(repetition: Int, of variants: Int, seed: UInt64) -> [Int] {
        precondition(repetition >= 1 && variants >= 1, "a round has variants")
        let first = sequence(variants)
        // Relabels the variants so that the first row reads 0, 1, 2, …
        var label = [Int](repeating: 0, count: variants)
        for (place, variant) in first.enumerated() { label[variant] = place }
        let isMirrored = !variants.isMultiple(of: 2) && variants > 1
        let rowCount = isMirrored ? 2 * variants : variants
        let row = rows(variants, mirrored: isMirrored, seed: seed)[(repetition - 1) % rowCount]
        let shift = row % variants
        let shifted = first.map { label[($0 + shift) % variants] }
        return row < variants ? shifted : shifted.reversed()
    }

    /// The square's rows in the order of the rounds: the first one, the others of the plain square,
    /// then those of the mirrored one, so that the rounds so far always vary the places of every
    /// variant.
    private static func rows(_ variants: Int, mirrored: Bool, seed: UInt64) -> [Int] {
        var generator = RandomGenerator(seed: seed, stream: .runOrder)
        var plain = Array(1..<max(variants, 1))
        shuffle(&plain, with: &generator)
        guard mirrored else { return [0] + plain }
        var mirror = Array(variants..<(2 * variants))
        shuffle(&mirror, with: &generator)
        return [0] + plain + mirror
    }

    /// 0, 1, n − 1, 2, n − 2, …: neighbours differ by each number modulo n.
    private static func sequence(_ count: Int) -> [Int] {
        (0..<count).map { place in
            place.isMultiple(of: 2) ? (count - place / 2) % count : (place + 1) / 2
        }
    }

    /// Fisher and Yates.
    private static func shuffle(_ numbers: inout [Int], with generator: inout RandomGenerator) {
        for last in numbers.indices.dropFirst().reversed() {
            numbers.swapAt(last, generator.next(below: last + 1))
        }
    }
}
