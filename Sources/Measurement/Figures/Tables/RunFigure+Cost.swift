extension RunFigure {
    /// Rates as shares of the machine's own limits, measured in the same run: 1 is the limit.
    static let shareFigures: [RunFigure] = [
        share(
            "share_of_memory_copy", "memory copy",
            "`stored_rate_mb_per_s` ÷ a bare memory copy", origin: .notYet),
        share(
            "share_of_crc32c", "CRC-32C", "consumed bytes of batches per second ÷ bare CRC-32C"),
        share(
            "share_of_write", "write",
            "`stored_rate_mb_per_s` ÷ bare `write` calls of the batch size"),
        share(
            "share_of_fdatasync", "fdatasync",
            "flushes per second ÷ bare `fdatasync` calls per second"),
        share(
            "share_of_compression", "codec, compressing",
            "compressing ÷ the codec alone, same bytes and batch size"),
        share(
            "share_of_decompression", "codec, decompressing",
            "decompressing ÷ the codec alone, same bytes"),
        share(
            "share_of_sendfile", "sendfile",
            "consumed bytes of batches per second ÷ a bare `sendfile` loop over loopback; `kafka` and "
                + "`broker` only"),
        share(
            "share_of_socket_write", "socket write",
            "`stored_rate_mb_per_s` ÷ bare socket writes over loopback; `kafka` and `broker` only"),
    ]

    private static func share(
        _ column: String, _ limit: String, _ meaning: String, origin: Origin = .run
    ) -> RunFigure {
        // A threshold on a figure that is not measured yet could never hold.
        let isMeasured = if case .run = origin { true } else { false }
        return RunFigure(
            column, .share,
            meaning + "; empty without `roofline: true`.",
            origin: origin, joined: .ofOneRun,
            threshold: isMeasured ? .atEnd(needs: .roofline) : nil, page: .share(of: limit))
    }

    /// The CPU time of the codec.
    static let codecFigures: [RunFigure] =
        [
            .init(
                "compress_ns_per_byte", .nanosecondsPerByte,
                "CPU time in the codec for each of `uncompressed_batch_bytes`; empty for `none`.",
                title: "compressing", better: .lower,
                joined: .mean(weightedBy: "uncompressed_batch_bytes"),
                compared: .init("compress", in: .cost, isKey: true, digits: 4),
                gauge: "compress_seconds_per_byte"),
            .init(
                "decompress_ns_per_byte", .nanosecondsPerByte,
                "CPU time in the codec for each byte of records that the consumers decompressed.",
                title: "decompressing", better: .lower,
                joined: .mean(weightedBy: "consumed_records"),
                compared: .init("decompress", in: .cost, isKey: true, digits: 4),
                gauge: "decompress_seconds_per_byte"),
        ] + cpuFigures

    /// CPU time told apart, so that a codec is not judged by what the rest of the process costs.
    private static let cpuFigures: [RunFigure] = [
        .init(
            "codec_cpu_s", .seconds,
            "CPU seconds of compression and decompression, by the clock of their threads.",
            title: "CPU of the codec", joined: .sum, edition: 8),
        .init(
            "producer_cpu_s", .seconds,
            "CPU seconds of the producers' threads without compression; `embedded`: with the log's appends; "
                + "empty for `broker` and `kafka`, where event loops do the clients' work.",
            title: "CPU of the producers", joined: .sum, edition: 8),
        .init(
            "consumer_cpu_s", .seconds,
            "CPU seconds of the consumers' threads without decompression; empty without consumers, and for "
                + "`broker` and `kafka`, where event loops do the clients' work.",
            title: "CPU of the consumers", joined: .sum, edition: 8),
        .init(
            "log_cpu_s", .seconds,
            "CPU seconds of the appends to the log, by one in 17; they are part of `producer_cpu_s`; empty "
                + "for other targets than `embedded`.",
            title: "CPU of the log", joined: .sum, edition: 9),
        .init(
            "codec_cpu_s_per_logical_gb", .secondsPerGigabyte,
            "`codec_cpu_s` per 10⁹ `logical_bytes`; 0 for `none`.",
            title: "codec's CPU per logical GB",
            origin: .formula(.quotient(of: ["codec_cpu_s"], by: "logical_bytes", per: 1e9)),
            better: .lower, joined: .formula, threshold: .atEnd,
            compared: .init("codec", in: .cost, isKey: true, digits: 4), edition: 8),
    ]
}
