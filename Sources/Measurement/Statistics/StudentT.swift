import Glibc

/// Student's t distribution.
enum StudentT {
    /// How far a 95 % interval reaches from a mean, in standard errors.
    ///
    /// Exact for one and two degrees of freedom; beyond, the expansion of Cornish and Fisher around
    /// the normal distribution (Abramowitz and Stegun 26.7.5), which is at most 0.2 % too small.
    static func reach95(degreesOfFreedom count: Int) -> Double {
        precondition(count > 0, "a single value has no spread")
        if count == 1 { return tan(0.475 * .pi) }
        if count == 2 { return 0.95 * (2 / (1 - 0.95 * 0.95)).squareRoot() }
        let z = 1.959963984540054
        let z2 = z * z
        let terms = [
            (z2 + 1) * z / 4,
            ((5 * z2 + 16) * z2 + 3) * z / 96,
            (((3 * z2 + 19) * z2 + 17) * z2 - 15) * z / 384,
            ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) * z / 92160,
        ]
        return terms.reversed().reduce(0) { ($0 + $1) / Double(count) } + z
    }
}
