extension RunFigure {
    /// Disturbances by the machine, and the cost of the run.
    static let machineFigures: [RunFigure] =
        [
            .init(
                "hiccup_max_ms", .milliseconds,
                "The machine's longest stall during the measured part.", title: "hiccup, longest",
                joined: .largest, threshold: .growing, gauge: "hiccup_max_seconds",
                terminal: .init("Hiccups", "at most #"),
                page: .machine("a thread that should wake every millisecond woke this late"),
                ofEachRun: true),
            .init(
                "hiccup_p99_us", .microseconds,
                "How late a thread that sleeps 1 ms woke, 99th percentile, weighted by time.",
                joined: .largest, threshold: .atEnd, terminal: .init("Hiccups", "p99 #"),
                page: .machine("the same, 99th percentile, weighted by time")),
            .init(
                "cpu_steal_percent", .percent,
                "Share of the machine's CPU time that its hypervisor gave to others.",
                title: "CPU steal", joined: .largest, threshold: .atEnd, gauge: "cpu_steal_ratio",
                terminal: .init("Hiccups", "CPU steal #"),
                page: .machine(
                    "share of the machine's CPU time that its hypervisor gave to others"),
                ofEachRun: true),
            .init(
                "cpu_user_s", .seconds, "CPU seconds of this process in user mode.",
                title: "CPU in user mode", joined: .sum, gauge: "cpu_user_seconds",
                terminal: .init("CPU", "# s user", bare: true),
                page: .machine("of this process: generator and log"), ofEachRun: true),
            .init(
                "cpu_system_s", .seconds, "CPU seconds of this process in the kernel.",
                title: "CPU in the kernel", joined: .sum, gauge: "cpu_system_seconds",
                terminal: .init("CPU", "# s system", bare: true),
                page: .machine("of this process: generator and log")),
            .init(
                "cpu_s_per_logical_gb", .secondsPerGigabyte,
                "`cpu_user_s` + `cpu_system_s` per 10⁹ `logical_bytes`; `embedded`: generator and log "
                    + "together.", title: "CPU cost per logical GB",
                origin: .formula(
                    .quotient(of: ["cpu_user_s", "cpu_system_s"], by: "logical_bytes", per: 1e9)),
                better: .lower, joined: .formula, threshold: .soFar,
                compared: .init("CPU", in: .cost, isKey: true),
                terminal: .init("CPU", "# s per logical GB", bare: true), ofEachRun: true),
            .init(
                "rss_max_bytes", .bytes,
                "The highest resident memory of this process, with mappings.",
                title: "memory, highest", better: .lower, joined: .largest, threshold: .growing,
                compared: .init("memory", in: .footprint), gauge: "resident_memory_max_bytes",
                terminal: .init("Memory", "# at most"),
                page: .machine("resident, mapped files too"),
                ofEachRun: true),
            .init(
                "fdatasync_calls", .count, "Flushes to the disk that the log made.",
                title: "calls of fdatasync", joined: .sum, threshold: .atEnd,
                gauge: "fdatasync_calls",
                terminal: .init("Flushes", "# fdatasync", omittedAtZero: true),
                page: .machine("flushes to the disk that the log made")),
            .init(
                "fdatasync_per_acked_batch", .number, "`fdatasync_calls` ÷ `batches`.",
                origin: .formula(.quotient(of: ["fdatasync_calls"], by: "batches")), digits: 6,
                better: .lower, joined: .formula, threshold: .atEnd,
                compared: .init("flushes a batch", in: .footprint),
                terminal: .init("Flushes", "# a batch", omittedAtZero: true),
                page: .machine("flushes for each acknowledged batch")),
        ] + conditionFigures

    /// Limits of the run's share of the machine.
    private static let conditionFigures: [RunFigure] = [
        .init(
            "cpu_throttled_percent", .percent,
            "Share of the periods of its CPU quota in which this process was stopped; empty without a quota.",
            title: "CPU throttled", joined: .largest, threshold: .atEnd,
            page: .machine("share of the periods of a CPU quota in which the run was stopped"),
            edition: 3),
        .init(
            "other_cpu_percent", .percent,
            "Share of all cores' time that other programs used.",
            title: "CPU of other programs", joined: .largest, threshold: .atEnd,
            page: .machine("share of all cores' time that other programs used"), edition: 3),
        .init(
            "core_wait_percent", .percent,
            "Time that the load's threads waited for a core, as a share of the time in which they could have run.",
            title: "wait for a core", joined: .largest, threshold: .atEnd,
            page: .machine("share of the time in which the load's threads could have run"),
            edition: 3),
        .init(
            "cpu_pressure_percent", .percent,
            "Share of the time in which some task of the machine, this run included, waited for a core (PSI).",
            title: "CPU pressure", joined: .largest, threshold: .atEnd,
            page: .machine("share of the time in which some task waited for a core"), edition: 3),
        .init(
            "memory_pressure_percent", .percent,
            "Share of the time in which some task of the machine waited for memory (PSI).",
            title: "memory pressure", joined: .largest, threshold: .atEnd,
            page: .machine("share of the time in which some task waited for memory"), edition: 3),
        .init(
            "io_pressure_percent", .percent,
            "Share of the time in which some task of the machine, this run included, waited for a disk (PSI).",
            title: "I/O pressure", joined: .largest, threshold: .atEnd,
            page: .machine("share of the time in which some task waited for a disk"), edition: 3),
        .init(
            "major_faults", .count,
            "Page faults of this process that read a disk.",
            title: "page faults that read a disk", joined: .largest, threshold: .atEnd,
            page: .machine("page faults of this process"), edition: 3),
        .init(
            "swapped_pages", .count,
            "Pages that the machine wrote to and read from its swap space.",
            title: "pages swapped", joined: .largest, threshold: .atEnd,
            page: .machine("to and from the machine's swap space"), edition: 3),
        .init(
            "disk_busy_percent", .percent,
            "Share of the time in which the disk of the log was busy; empty if the kernel does not say.",
            title: "disk busy", joined: .largest, threshold: .atEnd,
            page: .machine("share of the time in which the disk of the log was busy"),
            edition: 3),
        .init(
            "other_disk_bytes", .bytes,
            "Bytes that other processes wrote to the disk of the log; this process's own are deducted once they are on the disk.",
            title: "written by others", joined: .largest, threshold: .atEnd,
            page: .machine("to the disk of the log, by others"), edition: 3),
        .init(
            "clock_step_ms", .milliseconds,
            "How far the wall clock was moved against the monotonic one, slewing included.",
            title: "clock moved", joined: .largest, threshold: .atEnd,
            page: .machine("the wall clock, against the monotonic one"), edition: 3),
        .init(
            "machine_disturbed", .truth,
            "`true` if the machine disturbed the run; without it a `SUSPECT` run has another "
                + "cause.",
            joined: .word("true"), edition: 6),
    ]
}
