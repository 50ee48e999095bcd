extension RunFigure {
    /// How far consumers were behind, and whether they got every record.
    static let deliveryFigures: [RunFigure] = lag + faults + others + gaps + tail

    private static let others: [RunFigure] =
        [
            .init(
                "foreign_records", .records,
                "Records consumed that the run had not written, warm-up included, over all groups.",
                joined: .sum, gauge: "foreign_records", edition: 8)
        ]
        + [LatencyPoint.p50, .p99, .max].map { point in
            RunFigure(
                "create_time_latency_\(point.label)_ms", .milliseconds,
                "Consumption − the record's timestamp (CreateTime, or LogAppendTime where the topic has "
                    + "that), \(point.label), of records in topics that only others write to. "
                    + "Timestamps have milliseconds, and the clocks of two machines may differ.",
                title: "latency by CreateTime, \(point.label)", digits: 0, better: .lower,
                joined: .largest, threshold: .atEnd(needs: .consumers),
                terminal: .init("CreateTime", "\(point.label) #"), edition: 8)
        }

    private static let lag: [RunFigure] = [
        .init(
            "lag_records_max", .records,
            "The most records that a group was behind in any sample, over all its partitions.",
            title: "lag in records, highest", better: .lower, joined: .largest,
            threshold: .growing(needs: .consumers), compared: .init("lag max", in: .batches),
            gauge: "lag_max_records", terminal: .init("Lag", "at most # records")),
        .init(
            "lag_time_max_ms", .milliseconds,
            "The highest age of the oldest unconsumed record in any sample.",
            title: "lag in time, highest", better: .lower, joined: .largest,
            threshold: .growing(needs: .consumers), compared: .init("lag time max", in: .backlog),
            gauge: "lag_max_seconds", terminal: .init("Lag", "#")),
        .init(
            "drain_s", .seconds,
            "Time from the end of the measured part until the consumers had everything.",
            joined: .largest, threshold: .atEnd(needs: .consumers), gauge: "drain_seconds",
            terminal: .init("Drain", "#")),
        .init(
            "drain_rate_records_per_s", .recordsPerSecond,
            "Records consumed in the drain over `drain_s`.", better: .higher, joined: .sum,
            threshold: .atEnd(needs: .consumers), compared: .init("drain", in: .backlog),
            terminal: .init("Drain", " at #"), page: .throughput(row: "Drained")),
    ]

    private static let faults: [RunFigure] = [
        fault(
            "lost", "Acknowledged records that a group never got.",
            "acknowledged, and never consumed by a group"),
        fault(
            "duplicated", "Records that a group got more than once.",
            "consumed more than once by a group"),
        fault(
            "reordered", "Records that a group got after a later one of their producer.",
            "consumed after a later one of the same producer"),
        fault(
            "corrupt", "Records whose content was not what had been sent.",
            "not what had been sent"),
        fault(
            "misrouted",
            "Records that a group got from another partition than they were sent to.",
            "consumed from another partition than it was sent to", edition: 1),
        .init(
            "first_faults", .text,
            "The place of the first record of each fault that the audit found, and for a cluster the "
                + "command that fetches it, joined by `; `; empty without any.", edition: 1),
    ]

    private static let gaps: [RunFigure] = [
        .init(
            "redelivered", .records,
            "Records of offsets that a group had got before, as after a rebalance or, in a share group, the end of "
                + "their lock: no fault.",
            joined: .sum, terminal: .init("Audit", "# redelivered", omittedAtZero: true), edition: 8
        ),
        .init(
            "delivery_count_max", .count,
            "How often a share group was given a record, at most, as the brokers say; empty without a share group.",
            title: "deliveries of a record, most", joined: .largest, edition: 10),
        .init(
            "refused_acknowledgements", .records,
            "Records of share groups whose acknowledgement was refused, since their lock had ended, or lost with its "
                + "connection: they may be given again; empty without a network.",
            title: "refused acknowledgements", joined: .sum,
            terminal: .init("Audit", "# acknowledged too late", omittedAtZero: true), edition: 10),
        .init(
            "write_gap_max_ms", .milliseconds,
            "The longest time in which a partition acknowledged nothing while a record for it was due; "
                + "partitions.csv has those of all.",
            title: "without an acknowledged write, longest", better: .lower, joined: .largest,
            threshold: .atEnd, terminal: .init("Gaps", "no write for at most #"), edition: 8),
        .init(
            "read_gap_max_ms", .milliseconds,
            "The longest time in which a group got nothing of a partition while a record of it was due.",
            title: "without a delivered read, longest", better: .lower, joined: .largest,
            threshold: .atEnd(needs: .consumers),
            terminal: .init("Gaps", "no read for at most #"), edition: 8),
    ]

    private static let tail: [RunFigure] = [
        .init(
            "slowest_least_ms", .milliseconds,
            "The response latency of the last of the hundred records in slowest.csv.",
            title: "latency of the hundredth slowest record", joined: .ofOneRun, edition: 8),
        .init(
            "slowest_causes", .text,
            "Why the records in slowest.csv were slow, each cause with its share of them.",
            joined: .ofOneRun, edition: 8),
    ]

    private static func fault(
        _ column: String, _ meaning: String, _ words: String, edition: Int = 0
    ) -> RunFigure {
        RunFigure(
            column, .records, meaning, joined: .sum, threshold: .atEnd(needs: .consumers),
            gauge: "\(column)_records", terminal: .init("Audit", "# \(column)"),
            page: .fault(words), ofEachRun: true, edition: edition)
    }
}
