extension RunFigure {
    /// Where a figure's value comes from.
    public enum Origin: Sendable {
        /// The run: the load generator has a source for it.
        case run
        /// The writer of the row: the run's name, its verdict.
        case row
        /// Other figures.
        case formula(Formula)
        /// No target measures it yet, so it is empty.
        case notYet
    }

    /// A figure that is computed from others.
    public enum Formula: Sendable {
        /// A count over `duration_s`, in this unit.
        case perSecond(of: String, in: Double = 1)
        /// A sum of figures divided by another.
        case quotient(of: [String], by: String, per: Double = 1)

        /// Nil if one of the figures is missing, or the divisor is 0.
        public func value(_ number: (String) -> Double?) -> Double? {
            switch self {
            case .perSecond(let count, let size):
                guard let count = number(count), let seconds = number("duration_s"), seconds > 0
                else { return nil }
                return count / seconds / size
            case .quotient(let parts, let divisor, let size):
                let numbers = parts.compactMap(number)
                guard numbers.count == parts.count, let divisor = number(divisor), divisor > 0
                else { return nil }
                return numbers.reduce(0, +) / (divisor / size)
            }
        }
    }

    public var formula: Formula? {
        if case .formula(let formula) = origin { formula } else { nil }
    }

    /// How a figure is joined over generators that ran at the same time.
    public enum Joining: Sendable, Equatable {
        /// The value if all agree, else empty. Unknown columns are joined in this way, too.
        case equal
        /// The sum: of counts, rates and costs.
        case sum
        /// The sum if all have a value: a closed loop has no offered rate.
        case sumOfAll
        /// The worst value.
        case largest
        /// A mean, weighted by the column that it is a mean over.
        case mean(weightedBy: String)
        /// Its formula over the joined figures.
        case formula
        /// From the summed histograms; a percentile is never averaged.
        case distribution
        /// This word if any run has it.
        case word(String)
        /// Empty: it belongs to one run on one machine.
        case ofOneRun
        /// Given by the code that joins: the name, the times, the verdict.
        case ofTheWhole
    }
}

extension RunFigure {
    /// When a threshold may use a figure, and what that needs in the profile.
    public struct ThresholdRule: Sendable {
        /// What the figure needs in the profile to be measured.
        public enum Need: Sendable {
            case consumers
            case offeredRate
            case roofline
        }

        /// When it can be judged during a run.
        public enum Evidence: Sendable {
            /// At any time, over the run so far.
            case soFar
            /// It only grows, so an upper limit that was exceeded stays exceeded.
            case growing
            /// Only at the end of the run.
            case atEnd
        }

        public let evidence: Evidence
        public let need: Need?

        static let soFar = Self(evidence: .soFar, need: nil)
        static let growing = Self(evidence: .growing, need: nil)
        static let atEnd = Self(evidence: .atEnd, need: nil)

        static func soFar(needs need: Need?) -> Self { Self(evidence: .soFar, need: need) }
        static func growing(needs need: Need?) -> Self { Self(evidence: .growing, need: need) }
        static func atEnd(needs need: Need?) -> Self { Self(evidence: .atEnd, need: need) }
    }
}
