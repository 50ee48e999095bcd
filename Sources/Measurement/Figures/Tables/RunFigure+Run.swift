extension RunFigure {
    /// Which run a row belongs to, and its verdict.
    static let runFigures: [RunFigure] = [
        .init(
            "run_id", .text, "Name of the run: its profile and the UTC time of its start.",
            origin: .row, joined: .ofTheWhole),
        .init(
            "started_at", .time, "When the measured part began, ISO 8601 in UTC.", origin: .row,
            joined: .ofTheWhole),
        .init("profile", .text, "Name of the profile.", origin: .row),
        .init(
            "variant", .text, "Name of the variant in a sweep; `default` without a sweep.",
            origin: .row),
        .init("repetition", .count, "Number of the repetition, from 1.", origin: .row),
        .init(
            "target", .text, "What was loaded: `embedded`, `broker`, `kafka` or `discard`.",
            origin: .row),
        .init(
            "verdict", .verdict, "`VALID`, `SUSPECT`, `GENERATOR_BOUND` or `INVALID`.",
            origin: .row, joined: .ofTheWhole, threshold: .atEnd),
        .init(
            "verdict_reasons", .text,
            "Why the verdict is not `VALID`, joined by `; `; else empty.", origin: .row,
            joined: .ofTheWhole),
        .init(
            "loop", .text,
            "`open`: the schedule sets the rate and never waits; `closed`: the target does (`max`).",
            origin: .row, joined: .word("closed")),
        .init(
            "duration_s", .seconds, "Length of the measured part, without warm-up and drain.",
            joined: .largest, gauge: "duration_seconds"),
        .init(
            "warmup_s", .seconds, "Length of the warm-up: sent, but not counted.", joined: .largest),
        .init(
            "notes", .text,
            "Notes that do not affect the verdict, joined by `; `, such as on a payload that repeats; empty without any.",
            origin: .row, edition: 2),
        .init(
            "format_version", .count,
            "`2`; rows without it are of version 1, whose bytes, ratios and costs are not comparable: "
                + "each record had a stamp of 20 bytes.", origin: .row, edition: 2),
        .init(
            "interrupted", .truth,
            "`true` if Ctrl-C, SIGTERM or SIGHUP ended the run early; a threshold that ends it is not "
                + "an interruption.", origin: .row,
            joined: .word("true"),
            edition: 4),
    ]

    /// The outcome of the thresholds of the profile.
    static let thresholdFigures: [RunFigure] = [
        .init(
            "thresholds", .count, "How many thresholds the profile has; empty without any.",
            origin: .row, joined: .ofOneRun),
        .init(
            "thresholds_failed", .count,
            "How many of them failed; thresholds.csv says which.", origin: .row,
            joined: .ofOneRun, gauge: "thresholds_failed"),
    ]
}
