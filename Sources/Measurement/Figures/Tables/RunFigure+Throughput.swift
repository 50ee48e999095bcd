extension RunFigure {
    /// Records, bytes and batches that were sent, stored and consumed, and their rates.
    static let throughputFigures: [RunFigure] = records + bytes + batches + networkFigures

    private static let records: [RunFigure] = [
        .init(
            "produced_records", .records, "Records handed to the target.", joined: .sum,
            threshold: .growing, gauge: "produced_records"),
        .init(
            "produced_rate_records_per_s", .recordsPerSecond,
            "`produced_records` over `duration_s`.",
            origin: .formula(.perSecond(of: "produced_records")), joined: .sum,
            threshold: .soFar, gauge: "produced_records_per_second"),
        .init(
            "acked_records", .records, "Records acknowledged.", title: "acknowledged records",
            joined: .sum, threshold: .growing, gauge: "acked_records",
            page: .throughput(row: "Acknowledged")),
        .init(
            "acked_rate_records_per_s", .recordsPerSecond, "`acked_records` over `duration_s`.",
            title: "acknowledged rate", origin: .formula(.perSecond(of: "acked_records")),
            better: .higher, joined: .sum, threshold: .soFar,
            compared: .init("acked", in: .throughput, isKey: true),
            gauge: "acked_records_per_second", page: .throughput(row: "Acknowledged"),
            ofEachRun: true),
        .init(
            "consumed_records", .records,
            "Records consumed, over all groups; without the drain.", joined: .sum,
            threshold: .growing(needs: .consumers), gauge: "consumed_records",
            page: .throughput(row: "Consumed")),
        .init(
            "consumed_rate_records_per_s", .recordsPerSecond,
            "`consumed_records` over `duration_s`.", title: "consumed rate",
            origin: .formula(.perSecond(of: "consumed_records")), better: .higher, joined: .sum,
            threshold: .soFar(needs: .consumers), compared: .init("consumed", in: .consumption),
            gauge: "consumed_records_per_second", page: .throughput(row: "Consumed"),
            ofEachRun: true),
        .init(
            "failed_records", .records, "Records that the target refused for good.", joined: .sum,
            threshold: .growing, gauge: "failed_records",
            terminal: .init("", "# records failed", omittedAtZero: true),
            page: .throughput(row: "Refused")),
        .init(
            "unsent_records", .records,
            "Records that were due and not sent before the run ended; empty for `max`.",
            title: "records not sent", joined: .sum, threshold: .atEnd(needs: .offeredRate),
            gauge: "unsent_records",
            terminal: .init("", "# records were due and not sent", omittedAtZero: true),
            page: .throughput(row: "Not sent"), edition: 3),
        .init(
            "in_doubt_records", .records,
            "Records that were sent, and of which no answer says whether they are stored: neither "
                + "acknowledged nor failed, and not lost if they did not arrive.",
            title: "records in doubt", joined: .sum, threshold: .growing,
            gauge: "in_doubt_records",
            terminal: .init("", "# records are in doubt", omittedAtZero: true),
            page: .throughput(row: "In doubt"), edition: 7),
    ]

    private static let bytes: [RunFigure] = [
        .init(
            "logical_bytes", .bytes,
            "Keys, values and headers of the acknowledged records, before batching and compression.",
            joined: .sum, gauge: "logical_bytes"),
        .init(
            "uncompressed_batch_bytes", .bytes,
            "The acknowledged record batches before compression, batch headers included.",
            joined: .sum),
        .init(
            "stored_bytes", .bytes, "The acknowledged record batches as appended to the log.",
            joined: .sum, gauge: "stored_bytes"),
        .init(
            "wire_bytes", .bytes,
            "Bytes on the sockets, protocol included; empty for `embedded`, which has none.",
            joined: .sum, gauge: "wire_bytes"),
        .init(
            "logical_rate_mb_per_s", .megabytesPerSecond, "`logical_bytes` over `duration_s`.",
            title: "logical bytes acknowledged",
            origin: .formula(.perSecond(of: "logical_bytes", in: 1e6)), better: .higher,
            joined: .sum, threshold: .soFar, compared: .init("logical", in: .throughput),
            page: .throughput(row: "Acknowledged")),
        .init(
            "stored_rate_mb_per_s", .megabytesPerSecond, "`stored_bytes` over `duration_s`.",
            title: "bytes stored", origin: .formula(.perSecond(of: "stored_bytes", in: 1e6)),
            joined: .sum, threshold: .soFar, page: .throughput(row: "Stored")),
        .init(
            "consumed_rate_mb_per_s", .megabytesPerSecond,
            "Logical bytes of the consumed records over `duration_s`.",
            title: "logical bytes consumed", better: .higher, joined: .sum,
            threshold: .soFar(needs: .consumers), compared: .init("consumed", in: .consumption),
            page: .throughput(row: "Consumed")),
    ]

    private static let batches: [RunFigure] = [
        .init(
            "compression_ratio", .number, "`uncompressed_batch_bytes` ÷ `stored_bytes`.",
            origin: .formula(.quotient(of: ["uncompressed_batch_bytes"], by: "stored_bytes")),
            digits: 4, better: .higher, joined: .formula, threshold: .soFar,
            compared: .init("ratio", in: .throughput, isKey: true), gauge: "compression_ratio",
            terminal: .init("compression", "ratio #"), ofEachRun: true),
        .init(
            "batches", .count, "Record batches acknowledged.", joined: .sum, threshold: .growing),
        .init(
            "records_per_batch_mean", .number, "`acked_records` ÷ `batches`.",
            title: "records per batch",
            origin: .formula(.quotient(of: ["acked_records"], by: "batches")), joined: .formula,
            threshold: .soFar, compared: .init("records a batch", in: .batches),
            terminal: .init("compression", "# records a batch")),
        .init(
            "bytes_per_batch_mean", .bytes, "`stored_bytes` ÷ `batches`.",
            title: "bytes per batch",
            origin: .formula(.quotient(of: ["stored_bytes"], by: "batches")), digits: 3,
            joined: .formula, threshold: .soFar, compared: .init("bytes a batch", in: .batches),
            terminal: .init("compression", "# a batch")),
    ]
}
