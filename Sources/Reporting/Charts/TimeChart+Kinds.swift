extension TimeChart {
    static let all = [throughput, latency, lag, machine, batches]

    // MARK: Throughput

    static let throughput = TimeChart(
        name: "throughput", title: "Throughput over time",
        caption:
            "Records that the schedule offered, that were acknowledged and that each "
            + "consumer group consumed, per second of each interval.",
        needs: "acked_rate_records_per_s or consumed_rate_records_per_s in timeseries.csv",
        stacked: { _ in [records, megabytes] },
        overlaid: { groups in
            [
                TimeQuantity(
                    title: "Acknowledged", measure: .recordRate, told: acknowledgedTold
                ) { produced($0) }
            ]
                + groups.map { group in
                    TimeQuantity(title: "Consumed by \(group)", measure: .recordRate) { run in
                        consumed(run, by: group)
                    }
                }
        },
        sideBySide: [("", records.titled("Throughput"))])

    private static let acknowledgedTold = TimeQuantity.Told(
        line: "acknowledged", what: "The acknowledged rate", isLowTold: true)

    private static let records = TimeQuantity(
        title: "Records", measure: .recordRate, told: acknowledgedTold
    ) { run in
        offered(run) + produced(run) + consumed(run)
    }

    private static let megabytes = TimeQuantity(title: "Bytes", measure: .megabyteRate) { run in
        let rows = run.producerRows
        return [
            .init(
                name: "logical (keys, values, headers)", ink: Ink(colour: Palette.produced),
                width: 2, points: ChartRun.rates(rows, "logical_rate_mb_per_s")),
            .init(
                name: "stored (as appended to the log)",
                ink: Ink(colour: Palette.produced, dash: .dashed), width: 2,
                points: ChartRun.rates(rows, "stored_rate_mb_per_s")),
        ].filter(\.hasValues)
    }

    private static func offered(_ run: ChartRun) -> [TimeQuantity.Line] {
        let points = ChartRun.rates(run.producerRows, "offered_rate_records_per_s")
        // A broad line, since the others usually lie on it.
        return [
            .init(name: "offered", ink: Ink(colour: Palette.offered), width: 5, points: points)
        ].filter(\.hasValues)
    }

    private static func produced(_ run: ChartRun) -> [TimeQuantity.Line] {
        let points = ChartRun.rates(
            run.producerRows, "acked_rate_records_per_s", "sent_rate_records_per_s")
        return [
            .init(
                name: "acknowledged", ink: Ink(colour: Palette.produced), width: 2.4, points: points
            )
        ].filter(\.hasValues)
    }

    private static func consumed(
        _ run: ChartRun, by only: String? = nil
    ) -> [TimeQuantity.Line] {
        byGroup(run, only: only, prefix: "consumed by ") { group in
            ChartRun.rates(run.consumerRows(of: group), "consumed_rate_records_per_s")
        }
    }

    // MARK: Latency

    static let latency = TimeChart(
        name: "latency", title: "Latency over time",
        caption: "Median, 99th percentile and maximum of the latencies of each interval's records; "
            + "response is acknowledgement, end-to-end the consumer holding the record, both since "
            + "the time at which the record was due.",
        needs: "response_latency_p99_us or e2e_latency_p99_us in timeseries.csv",
        stacked: { groups in
            [responsePercentiles] + groups.map { endToEndPercentiles(of: $0) }
        },
        overlaid: { groups in
            [
                TimeQuantity(
                    title: "Response latency, 99th percentile", measure: .latency,
                    isLogarithmic: true, told: .init(what: "p99 of the response latency")
                ) { responseP99($0) }
            ]
                + groups.map { group in
                    TimeQuantity(
                        title: "End-to-end latency of \(group), 99th percentile",
                        measure: .latency, isLogarithmic: true
                    ) { endToEndP99($0, of: group) }
                }
        },
        sideBySide: [
            (
                "",
                TimeQuantity(
                    title: "Latency (99th percentile)", measure: .latency,
                    isLogarithmic: true,
                    told: .init(line: "response", what: "p99 of the response latency")
                ) { responseP99($0) + endToEndP99($0) }
            )
        ])

    private static let responsePercentiles = TimeQuantity(
        title: "Response latency", measure: .latency, isLogarithmic: true,
        told: .init(line: "p99", what: "p99 of the response latency")
    ) { run in
        percentiles(run.producerRows, "response_latency", ink: Ink(colour: Palette.produced))
    }

    private static func endToEndPercentiles(of group: String) -> TimeQuantity {
        TimeQuantity(
            title: "End-to-end latency of \(group)", measure: .latency, isLogarithmic: true,
            told: .init(line: "p99", what: "p99 of the end-to-end latency")
        ) { run in
            let index = run.groups.firstIndex(of: group) ?? 0
            return percentiles(
                run.consumerRows(of: group), "e2e_latency", ink: Palette.group(index))
        }
    }

    private static func percentiles(
        _ rows: [CSVTable.Row], _ kind: String, ink: Ink
    ) -> [TimeQuantity.Line] {
        let kinds: [(name: String, dash: Ink.Dash, width: Double)] = [
            ("p50", .solid, 2.2), ("p99", .dashed, 1.6), ("max", .dotted, 1.6),
        ]
        return kinds.map { name, dash, width in
            TimeQuantity.Line(
                name: name, ink: Ink(colour: ink.colour, dash: dash), width: width,
                points: ChartRun.points(rows, "\(kind)_\(name)_us"))
        }.filter(\.hasValues)
    }

    private static func responseP99(_ run: ChartRun) -> [TimeQuantity.Line] {
        [
            .init(
                name: "response", ink: Ink(colour: Palette.produced), width: 1.6,
                points: ChartRun.points(run.producerRows, "response_latency_p99_us"))
        ].filter(\.hasValues)
    }

    private static func endToEndP99(
        _ run: ChartRun, of only: String? = nil
    ) -> [TimeQuantity.Line] {
        byGroup(run, only: only, prefix: "end-to-end of ") { group in
            ChartRun.points(run.consumerRows(of: group), "e2e_latency_p99_us")
        }
    }

    // MARK: Lag

    static let lag = TimeChart(
        name: "lag", title: "Consumer lag over time",
        caption:
            "How far each consumer group was behind: records over all partitions, and the age of "
            + "the oldest record that it had not consumed.",
        needs: "lag_records or lag_time_ms in lag.csv, or lag_records in timeseries.csv",
        stacked: { _ in [lagRecords, lagTime] }, overlaid: { _ in [lagRecords, lagTime] },
        sideBySide: [("", lagRecords), ("-time", lagTime)])

    private static let lagRecords = TimeQuantity(
        title: "Consumer lag in records", measure: .records,
        whenZero: "no lag: every sample was 0 records", told: .init(what: "The lag")
    ) { run in
        byGroup(run) { group in
            let points = run.lag(of: group, "lag_records", combine: +)
            return points.isEmpty
                ? ChartRun.samples(run.consumerRows(of: group), "lag_records") : points
        }
    }

    private static let lagTime = TimeQuantity(
        title: "Age of the oldest record not consumed", measure: .age,
        whenZero: "no lag: no record waited at the time of a sample",
        told: .init(what: "The age of the oldest record not consumed")
    ) { run in
        byGroup(run) { group in run.lag(of: group, "lag_time_ms", combine: max) }
    }

    private static func byGroup(
        _ run: ChartRun, only: String? = nil, prefix: String = "",
        _ points: (String) -> [Chart.Point]
    ) -> [TimeQuantity.Line] {
        run.groups.enumerated().compactMap { index, group in
            guard only == nil || group == only else { return nil }
            return TimeQuantity.Line(
                name: prefix + group, ink: Palette.group(index), width: 1.4, points: points(group))
        }.filter(\.hasValues)
    }
}

extension TimeQuantity {
    fileprivate func titled(_ title: String) -> TimeQuantity {
        var copy = self
        copy.title = title
        return copy
    }
}

extension TimeQuantity.Line {
    var hasValues: Bool { points.contains { $0.y != nil } }
}
