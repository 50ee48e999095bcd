extension RunFigure {
    /// How variants are compared by a figure.
    public struct Compared: Sendable {
        /// In the order of `comparison.csv`; within one the order is the table's.
        public enum Section: CaseIterable, Sendable {
            case throughput, consumption, latency, cost, footprint, batches, backlog

            /// Its table on the terminal; nil if only the file has its figures.
            public var heading: String? {
                switch self {
                case .throughput: "Throughput"
                case .latency: "Latency"
                case .cost: "Cost"
                case .batches: "Batches and lag"
                case .consumption, .footprint, .backlog: nil
                }
            }
        }

        /// The short name.
        public let title: String
        public let section: Section
        /// Whether the section's table on the terminal leaves it out.
        public let isOnlyInFile: Bool
        /// Whether people choose by it: then it is at the top of a comparison's page.
        public let isKey: Bool
        /// Digits of its medians, if more than those of a single value.
        public let digits: Int?

        init(
            _ title: String, in section: Section, isKey: Bool = false, onlyInFile: Bool = false,
            digits: Int? = nil
        ) {
            self.title = title
            self.section = section
            self.isKey = isKey
            self.digits = digits
            isOnlyInFile = onlyInFile || section.heading == nil
        }
    }

    /// Where the terminal's summary shows a figure.
    public struct TerminalPlace: Sendable {
        /// Figures of one label and one theme share a line, separated by commas; a line without a
        /// label is below the theme's table.
        public let label: String
        /// The text around the value, which is a `#`. Text that begins with a blank is joined
        /// without a comma.
        public let words: String
        /// The text contains the unit.
        public let isBare: Bool
        /// A value of 0 is not shown.
        public let isOmittedAtZero: Bool

        init(_ label: String, _ words: String, bare: Bool = false, omittedAtZero: Bool = false) {
            precondition(words.contains("#"), "a place for the value")
            self.label = label
            self.words = words
            isBare = bare
            isOmittedAtZero = omittedAtZero
        }
    }

    /// The table of a run's page that shows a figure.
    public enum PagePlace: Sendable {
        /// A row of the throughput table; the unit decides the cell.
        case throughput(row: String)
        /// The delivery audit, with this meaning.
        case fault(String)
        /// The machine, with this meaning.
        case machine(String)
        /// The shares of limits, also on the terminal, by the limit's name.
        case share(of: String)
    }
}
