/// How full batches were, and what the run took of the machine.
extension TimeChart {
    // MARK: Batches

    static let batches = TimeChart(
        name: "batches", title: "Batches over time",
        caption:
            "How full the acknowledged record batches of each interval were, in records, and in bytes as "
            + "stored.",
        needs: "acked_batches in timeseries.csv",
        stacked: { _ in [recordsPerBatch, bytesPerBatch] },
        overlaid: { _ in [recordsPerBatch, bytesPerBatch] }, sideBySide: [("", recordsPerBatch)])

    private static let recordsPerBatch = TimeQuantity(
        title: "Records a batch", measure: .records,
        told: .init(what: "The mean batch", isLowTold: true)
    ) { run in perBatch("records a batch", run, "acked_records") }

    private static let bytesPerBatch = TimeQuantity(
        title: "Stored bytes a batch", measure: .bytes
    ) { run in perBatch("bytes a batch", run, "stored_bytes") }

    private static func perBatch(
        _ name: String, _ run: ChartRun, _ column: String
    ) -> [TimeQuantity.Line] {
        let points = run.producerRows.compactMap { row -> Chart.Point? in
            guard let end = row.number("elapsed_s"), let batches = row.number("acked_batches"),
                batches > 0, let sum = row.number(column)
            else { return nil }
            return Chart.Point(end - (row.number("interval_s") ?? 0) / 2, sum / batches)
        }
        return [
            TimeQuantity.Line(
                name: name, ink: Ink(colour: Palette.produced), width: 2, points: points)
        ].filter(\.hasValues)
    }

    // MARK: Machine

    static let machine = TimeChart(
        name: "machine", title: "CPU and memory over time",
        caption:
            "Of Weir's process: CPU, where 100 % is one core, and resident memory with files that are "
            + "mapped, and without. Of the machine: other programs as a share of all cores, and how "
            + "long the load's threads waited for a core.",
        needs: "cpu_percent or rss_bytes in timeseries.csv",
        stacked: { _ in [cpu, others, memory] }, overlaid: { _ in [cpu, others, memory] },
        sideBySide: [("-cpu", cpu), ("-memory", memory)])

    private static let cpu = TimeQuantity(
        title: "CPU of Weir", measure: .percent, told: .init(what: "Weir's CPU")
    ) { run in
        line("CPU of Weir", run, "cpu_percent", Ink(colour: Palette.produced))
    }

    private static let others = TimeQuantity(title: "The machine", measure: .percent) { run in
        line("other programs", run, "other_cpu_percent", Ink(colour: .vermilion))
            + line(
                "wait for a core", run, "core_wait_percent",
                Ink(colour: .purple, dash: .dashed))
    }

    private static let memory = TimeQuantity(
        title: "Memory of Weir", measure: .bytes,
        told: .init(line: "resident", what: "Weir's resident memory")
    ) { run in
        line("resident", run, "rss_bytes", Ink(colour: Palette.produced), isRate: false)
            + line(
                "heap and stacks", run, "rss_anonymous_bytes", Ink(colour: .sky, dash: .dashed),
                isRate: false)
    }

    /// A column that is the same in the rows of all roles.
    /// - Parameter isRate: whether a partial interval at the end of a phase says nothing.
    private static func line(
        _ name: String, _ run: ChartRun, _ column: String, _ ink: Ink, isRate: Bool = true
    ) -> [TimeQuantity.Line] {
        let rows =
            run.producerRows.isEmpty
            ? run.groups.first.map(run.consumerRows) ?? [] : run.producerRows
        return [
            TimeQuantity.Line(
                name: name, ink: ink, width: 1.8,
                points: isRate ? ChartRun.rates(rows, column) : ChartRun.points(rows, column))
        ].filter(\.hasValues)
    }
}
