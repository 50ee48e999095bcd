extension RunFigure {
    /// How variants are compared by a figure.
    public struct Compared: Sendable {
        /// In the order of `comparison.csv`; within one the order is the table's.
        public enum Section: CaseIterable, Sendable {
            case throughput, consumption, latency, cost, footprint, batches, backlog

            /// Of its table in the terminal; nil where only the file has its figures.
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

        /// What the figure is called where there is little room.
        public let title: String
        public let section: Section
        /// Whether the section's table in the terminal leaves it out.
        public let isOnlyInFile: Bool
        /// Whether people choose by it: it stands on top of a comparison's page.
        public let isKey: Bool
        /// Digits of its medians, where these are more than a single value has.
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
        /// Figures of one label and one theme share a line, commas between them; the line of no label
        /// stands below the theme's table.
        public let label: String
        /// What stands around the value, which is a `#`. Words that begin with a blank go on without
        /// a comma.
        public let words: String
        /// The words have the unit.
        public let isBare: Bool
        /// Nothing is said of nothing.
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
        /// A row of the throughput table; the unit says in which cell.
        case throughput(row: String)
        /// The delivery audit, with these words beside it.
        case fault(String)
        /// The machine, with these words beside it.
        case machine(String)
        /// The shares of limits, the terminal's too, under the limit's name.
        case share(of: String)
    }
}
