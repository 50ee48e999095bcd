extension RunFigure {
    /// The settings that a comparison varies, as resolved.
    static let settingsFigures: [RunFigure] = [
        .init("compression_type", .text, "`none`, `gzip`, `snappy`, `lz4` or `zstd`."),
        .init(
            "compression_level", .count,
            "Level of the codec; empty for the codec's own default."),
        .init("batch_size_bytes", .bytes, "`batch.size` of the producers."),
        .init("linger_ms", .milliseconds, "`linger.ms` of the producers."),
        .init("acks", .text, "`acks` of the producers."),
        .init(
            "idempotence", .truth, "`true` or `false`: `enable.idempotence` of the producers."),
        .init("producers", .count, "How many producers.", joined: .sum),
        .init("consumers", .count, "How many consumers, over all groups.", joined: .sum),
        .init("topics", .count, "How many topics."),
        .init("partitions", .count, "How many partitions, over all topics."),
        .init(
            "flush_messages", .count, "`flush.messages` of the topics; empty without one."),
        .init(
            "flush_ms", .milliseconds, "`flush.ms` of the topics; empty without one.", digits: 0),
        .init("payload_kind", .text, "`corpus`, `orders`, `signups`, `ratio`, `random` …"),
        .init(
            "payload_value_size_mean_bytes", .bytes, "Mean size of the values sent.", digits: 3,
            joined: .mean(weightedBy: "produced_records")),
        .init(
            "offered_rate_records_per_s", .recordsPerSecond,
            "The mean rate of the schedule; empty for `max`.",
            title: "offered rate", joined: .sumOfAll, threshold: .soFar(needs: .offeredRate),
            gauge: "offered_records_per_second", page: .throughput(row: "Offered")),
        .init(
            "payload_checksum", .text,
            "`crc32c:` and the CRC-32C of the prepared values and keys in hexadecimal, equal if their "
                + "bytes are. The prefix keeps digits such as `12e45678` from being read as a number."
        ),
    ]
}
