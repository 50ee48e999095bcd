extension RunFigure {
    /// Where a figure's value comes from.
    public enum Origin: Sendable {
        /// The run: the load generator has a source for it.
        case run
        /// Whoever writes the row: the run's name, its verdict.
        case row
        /// Other figures.
        case formula(Formula)
        /// Nothing, until there is a target that has it; empty so far.
        case notYet
    }

    /// A figure that other figures say.
    public enum Formula: Sendable {
        /// A count over `duration_s`, in so many.
        case perSecond(of: String, in: Double = 1)
        /// A sum of figures for so much of another.
        case quotient(of: [String], by: String, per: Double = 1)

        /// Nil where one of the figures is not there, or the divisor is 0.
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

    /// What a figure of several generators that ran at the same time is.
    public enum Joining: Sendable, Equatable {
        /// What all say, or empty. Columns that are not known are joined so, too.
        case equal
        /// Counts, rates and costs, of all together.
        case sum
        /// The sum where each has one: of a rate without end there is none.
        case sumOfAll
        /// The worst of each.
        case largest
        /// A mean, weighted by another column: by what it is a mean over.
        case mean(weightedBy: String)
        /// Its formula, of the joined figures.
        case formula
        /// Read off the summed histograms; a percentile is never averaged.
        case distribution
        /// This word where one run has it.
        case word(String)
        /// Of one run and one machine alone; empty.
        case ofOneRun
        /// Whoever joins knows it: the name, the times, the verdict.
        case ofTheWhole
    }
}

extension RunFigure {
    /// When a threshold may be about a figure, and what a profile must have for it.
    public struct ThresholdRule: Sendable {
        /// What a profile must have for the figure to be measured at all.
        public enum Need: Sendable {
            case consumers
            case offeredRate
            case roofline
        }

        /// When a run that goes on may be judged by it.
        public enum Evidence: Sendable {
            /// At any time, over what there has been.
            case soFar
            /// It only grows, so that an upper limit once passed is passed for good.
            case growing
            /// When the run has ended.
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
