/// The description of one figure of a run, which is one column of `summary.csv`.
///
/// A figure is described only here. Columns, thresholds, comparisons, merges, OpenMetrics, terminal
/// and pages read the table `all`; only the value comes from the load generator. So a new figure
/// needs an entry in the table of its theme and a source of its value.
public struct RunFigure: Sendable {
    /// The column's name: snake_case, ending in the unit where there is one. It never changes.
    public let column: String
    public let unit: Unit
    /// Its name on pages, as words in the middle of a sentence.
    public let title: String
    /// One sentence for the reader of the file: meaning, unit if the name does not have it, when
    /// empty.
    public let meaning: String
    /// Where its value comes from.
    public let origin: Origin
    /// Decimals in files; 0 for whole numbers.
    public let digits: Int
    /// Nil for a figure that is neither good nor bad.
    public let better: ParetoFront.Better?
    /// How it is joined over generators that ran at the same time.
    public let joining: Joining
    /// Nil if no threshold may use it.
    public let threshold: ThresholdRule?
    /// Nil if variants are not compared by it.
    public let compared: Compared?
    /// The name of its gauge in OpenMetrics, without `weir_`; nil if it has none.
    public let gauge: String?
    /// Nil if the terminal does not show it, or shows it in a table of its own.
    public let terminal: TerminalPlace?
    /// Nil if a run's page does not show it, or shows it elsewhere.
    public let page: PagePlace?
    /// Whether the table of all runs on a comparison's page shows it.
    public let isShownOfEachRun: Bool
    /// Columns of a later edition come after those of all earlier ones, so that programs that read
    /// columns by position need not change; within an edition the order is the table's. A new
    /// figure takes the highest edition, or the next one.
    let edition: Int
    public internal(set) var theme: Theme = .run

    init(
        _ column: String, _ unit: Unit, _ meaning: String, title: String? = nil,
        origin: Origin = .run, digits: Int? = nil, better: ParetoFront.Better? = nil,
        joined joining: Joining = .equal, threshold: ThresholdRule? = nil,
        compared: Compared? = nil, gauge: String? = nil, terminal: TerminalPlace? = nil,
        page: PagePlace? = nil, ofEachRun isShownOfEachRun: Bool = false, edition: Int = 0
    ) {
        self.column = column
        self.unit = unit
        self.meaning = meaning
        self.origin = origin
        self.digits = digits ?? unit.usualDigits
        self.better = better
        self.joining = joining
        self.threshold = threshold
        self.compared = compared
        self.gauge = gauge
        self.terminal = terminal
        self.page = page
        self.isShownOfEachRun = isShownOfEachRun
        self.edition = edition
        self.title = title ?? unit.trimmed(from: column).replacing("_", with: " ")
    }

    /// The column's name without the unit.
    public var name: String { unit.trimmed(from: column) }
}

extension RunFigure {
    /// Every figure, by theme: the order in which people read them.
    public static let all: [RunFigure] = Theme.allCases.flatMap { theme in
        theme.figures.map { figure in
            var figure = figure
            figure.theme = theme
            return figure
        }
    }

    /// Every figure in the order of the columns of `summary.csv`.
    public static let inColumnOrder: [RunFigure] = all.sorted { $0.edition < $1.edition }

    private static let byColumn = Dictionary(uniqueKeysWithValues: all.map { ($0.column, $0) })

    /// Nil for a column that is not a figure of a run: of another file, or of another version.
    public static func named(_ column: String) -> RunFigure? { byColumn[column] }
}

extension RunFigure {
    /// The themes of figures; each has a table of its own.
    public enum Theme: CaseIterable, Sendable {
        case run, settings, throughput, latency, delivery, machine, shares, thresholds, codec,
            provenance

        fileprivate var figures: [RunFigure] {
            switch self {
            case .run: RunFigure.runFigures
            case .settings: RunFigure.settingsFigures
            case .throughput: RunFigure.throughputFigures
            case .latency: RunFigure.latencyFigures
            case .delivery: RunFigure.deliveryFigures
            case .machine: RunFigure.machineFigures
            case .shares: RunFigure.shareFigures
            case .thresholds: RunFigure.thresholdFigures
            case .codec: RunFigure.codecFigures
            case .provenance: RunFigure.provenanceFigures
            }
        }
    }
}
