extension RunFigure {
    /// The version and the machine of a run, and its labels: they distinguish results of several
    /// versions and machines.
    static let provenanceFigures: [RunFigure] = userFigures + machineNames + libraryVersions

    private static let userFigures: [RunFigure] = [
        .init(
            "label", .text,
            "The `--label` of the run, which names it in comparisons; empty without one.",
            origin: .row, edition: 5),
        .init(
            "tags", .text,
            "Every `--tag` of the run: `key=value`, joined by `; `; empty without any.",
            origin: .row, edition: 5),
    ]

    private static let machineNames: [RunFigure] = [
        .init(
            "weir_version", .text, "Version of Weir that made the run.", title: "version of Weir",
            origin: .row, edition: 5),
        .init(
            "weir_build", .text,
            "The version, `+`, and the first digits of the executable's build id, which "
                + "distinguish builds of one version; empty without a build id.",
            title: "build of Weir", origin: .row, edition: 5),
        .init("host", .text, "Name of the machine.", origin: .row, edition: 5),
        .init(
            "kernel", .text, "Name and release of the machine's kernel.", origin: .row, edition: 5),
        .init(
            "cpu_model", .text,
            "Model of the CPU from `/proc/cpuinfo`; empty if it has none.",
            title: "CPU model", origin: .row, edition: 5),
    ]

    private static let libraryVersions: [RunFigure] =
        ["zstd", "lz4", "zlib"].map { library in
            .init(
                "\(library)_version", .text,
                "Version of the \(library) library.",
                title: "version of \(library)", origin: .row, edition: 5)
        } + [
            .init(
                "snappy_version", .text,
                "Version of the snappy library, from the name of the loaded file; empty if it has none.",
                title: "version of snappy", origin: .row, edition: 5)
        ]
}
