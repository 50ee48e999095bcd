import Measurement

/// A figure of `summary.csv` by which variants are compared.
public struct ComparedMetric: Sendable, Equatable {
    let figure: RunFigure
    let compared: RunFigure.Compared

    private init?(_ figure: RunFigure) {
        guard let compared = figure.compared else { return nil }
        self.figure = figure
        self.compared = compared
    }

    /// All metrics, in the order of `comparison.csv`. Those that a file lacks are left out.
    public static let all: [ComparedMetric] = {
        let metrics = RunFigure.all.compactMap(ComparedMetric.init)
        return RunFigure.Compared.Section.allCases.flatMap { section in
            metrics.filter { $0.compared.section == section }
        }
    }()

    public static func == (a: ComparedMetric, b: ComparedMetric) -> Bool { a.column == b.column }

    /// The column of `summary.csv`, also the metric's name in `comparison.csv`.
    public var column: String { figure.column }
    /// The short name.
    public var title: String { compared.title }
    /// `MB/s`, `us` …; empty for a mere number.
    public var unit: String { figure.unit.symbol }
    /// Nil for a figure that is neither good nor bad.
    public var better: ParetoFront.Better? { figure.better }
    /// Digits after the point in files.
    var digits: Int { compared.digits ?? figure.digits }
    /// Its table on the terminal; nil if only `comparison.csv` has it.
    var section: RunFigure.Compared.Section? { compared.isOnlyInFile ? nil : compared.section }

    /// A figure for people, with its unit.
    func text(_ number: Double) -> String { figure.unit.text(number) }

    static let compressionRatio = "compression_ratio"
    /// Of the whole process.
    static let cpuCost = "cpu_s_per_logical_gb"
    /// Of the codec alone.
    static let codecCost = "codec_cpu_s_per_logical_gb"

    /// What people choose by. End-to-end latency includes the response latency, and the time of all CPU
    /// that of the codec.
    static func key(of known: [ComparedMetric]) -> [ComparedMetric] {
        let hasEndToEnd = known.contains { $0.column == "e2e_latency_p99_us" }
        return known.filter { metric in
            metric.compared.isKey && !(hasEndToEnd && metric.column == "response_latency_p99_us")
        }
    }
}
