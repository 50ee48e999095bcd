extension ProbeOutcome {
    /// What the row of a run in `summary.csv` has besides, in the folder of a search for the highest rate.
    public static let columns: [Column<ProbeOutcome>] = [
        .truth(
            "sustained",
            "Of a search for the highest rate: `true` where the run held its rate and every bound."
        ) { $0.isSustained },
        .text(
            "not_sustained_since",
            "Of a search for the highest rate: what kept the run from holding its rate; empty where it "
                + "held."
        ) { $0.limit?.description },
        .text(
            "disturbed_since",
            "Of a search for the highest rate: what the machine did beside a failure; empty where "
                + "nothing."
        ) { $0.disturbance?.description },
        .truth(
            "counts",
            "Of a search for the highest rate: `false` where the run failed beside a disturbance, and so "
                + "weighs little."
        ) { $0.outcome != .disturbed },
    ]

    /// The fields of those columns.
    public var fields: [(column: String, value: String)] {
        Self.columns.map { ($0.name, CSV.text($0.field(self))) }
    }
}
