import Glibc

/// Student's t distribution.
enum StudentT {
    /// How far a 95 % interval reaches from a mean, in standard errors.
    ///
    /// Exact for one and two degrees of freedom; beyond, at most 0.2 % too small.
    static func reach95(degreesOfFreedom count: Int) -> Double {
        reach(tail: 0.025, degreesOfFreedom: count)
    }

    /// The quantile that a share of all values, the tail, lies above.
    ///
    /// Exact for one and two degrees of freedom; beyond, the expansion of Cornish and Fisher around the
    /// normal distribution (Abramowitz and Stegun 26.7.5).
    static func reach(tail: Double, degreesOfFreedom count: Int) -> Double {
        precondition(count > 0, "a single value has no spread")
        precondition(tail > 0 && tail < 0.5)
        let inner = 1 - 2 * tail
        if count == 1 { return tan(inner / 2 * .pi) }
        if count == 2 { return inner * (2 / (1 - inner * inner)).squareRoot() }
        let z = normal(tail: tail)
        let z2 = z * z
        let terms = [
            (z2 + 1) * z / 4,
            ((5 * z2 + 16) * z2 + 3) * z / 96,
            (((3 * z2 + 19) * z2 + 17) * z2 - 15) * z / 384,
            ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) * z / 92160,
        ]
        return terms.reversed().reduce(0) { ($0 + $1) / Double(count) } + z
    }

    /// The same of the normal distribution, by Newton's method.
    static func normal(tail: Double) -> Double {
        // Not below the quantile (Chernoff's bound).
        var z = (-2 * log(2 * tail)).squareRoot()
        for _ in 0..<60 {
            let density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
            let step = (erfc(z / 2.0.squareRoot()) / 2 - tail) / density
            z += step
            if abs(step) < 1e-14 * max(z, 1) { break }
        }
        return z
    }
}
