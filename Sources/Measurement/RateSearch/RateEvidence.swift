/// What the probes of one rate say together: a sequential test that ends as soon as they agree.
///
/// A probe that holds and one that fails do not weigh the same. Nothing lets a target keep to its
/// bounds at a rate that is too high for it, while anything that disturbs a machine may break them at
/// a rate that is not. So one that holds weighs as much as three that fail: about what the two are
/// worth, as log likelihoods, where a good rate fails by chance in three probes of ten and a bad one
/// holds in one of a hundred.
struct RateEvidence: Sendable, Equatable {
    enum Standing: Sendable, Equatable {
        /// Enough to say that the rate is sustained, or that it is not.
        case agreed(holds: Bool)
        /// Enough to go on with the search, and to come back.
        case leaning(holds: Bool)
        /// Probe it again.
        case open
        /// As many probes as one rate gets, and they disagree: it is at the limit itself.
        case undecided
    }

    /// How many that fail one that holds outweighs.
    static let weightOfHolding = 3
    /// Where the search goes on. Two fails say so, or one that holds.
    static let leaningBalance = 2
    /// Where the matter is settled. Five more fails than are outweighed, or two that hold.
    static let agreedBalance = 5
    /// Probes that one rate gets at most.
    static let mostProbes = 14

    private(set) var held = 0
    private(set) var failed = 0
    /// Of those that failed, how many did because the rate was never offered.
    private(set) var generatorBound = 0

    /// Above 0 where more speaks for the rate than against it.
    var balance: Int { held * Self.weightOfHolding - failed }

    var standing: Standing {
        if abs(balance) >= Self.agreedBalance { return .agreed(holds: balance > 0) }
        if held + failed >= Self.mostProbes { return .undecided }
        if abs(balance) >= Self.leaningBalance { return .leaning(holds: balance > 0) }
        return .open
    }

    /// Whether the probes that failed say nothing of the target.
    var isOfGenerator: Bool { generatorBound * 2 > failed }

    mutating func addHeld() { held += 1 }

    mutating func addFailed(isOfGenerator: Bool) {
        failed += 1
        generatorBound += isOfGenerator ? 1 : 0
    }
}
