extension RunFigure {
    /// What the generator did on the network. Empty for `embedded` and `discard`, which have none.
    static let networkFigures: [RunFigure] = traffic + troubles + limits

    private static let traffic: [RunFigure] = [
        .init(
            "wire_sent_bytes", .bytes,
            "Bytes that the generator wrote to sockets, protocol included; empty without a network.",
            joined: .sum, terminal: .init("network", "# sent"), edition: 8),
        .init(
            "wire_received_bytes", .bytes,
            "Bytes that the generator read from sockets, protocol included; empty without a network.",
            joined: .sum, terminal: .init("network", "# received"), edition: 8),
        .init(
            "requests", .count, "Requests of all kinds; empty without a network.", joined: .sum,
            edition: 8),
        .init(
            "produce_requests", .count,
            "Requests that carry records to a broker; empty without a network.", joined: .sum,
            edition: 8),
        .init(
            "records_per_request_mean", .number, "`produced_records` ÷ `produce_requests`.",
            title: "records per request",
            origin: .formula(.quotient(of: ["produced_records"], by: "produce_requests")),
            joined: .formula, terminal: .init("network", "# records a request"), edition: 8),
        .init(
            "connections_opened", .count,
            "Connections that were opened in the measured part or after it; empty without a network.",
            joined: .sum, edition: 8),
        .init(
            "metadata_refreshes", .count,
            "How often the clients asked for brokers and leaders; empty without a network.",
            joined: .sum, edition: 8),
    ]

    private static let troubles: [RunFigure] = [
        .init(
            "connections_lost", .count,
            "Connections to brokers that ended otherwise than by the generator or by being idle; empty "
                + "without a network.",
            joined: .sum,
            terminal: .init("network", "# connections lost", omittedAtZero: true), edition: 8),
        .init(
            "retries", .count,
            "Batches that were sent again; empty without a network.", joined: .sum,
            terminal: .init("network", "# retries", omittedAtZero: true), edition: 8),
        .init(
            "broker_errors", .count,
            "Errors for single partitions in responses to Produce and Fetch; empty without a network.",
            joined: .sum,
            terminal: .init("network", "# errors from brokers", omittedAtZero: true), edition: 8),
        .init(
            "broker_errors_by_code", .text,
            "The same by their names in Kafka's protocol, joined by `; `: `NOT_LEADER_OR_FOLLOWER 3`; "
                + "empty without any.", joined: .ofOneRun, edition: 8),
        .init(
            "leader_changes", .count,
            "How often another broker than before led a partition; empty without a network.",
            joined: .largest,
            terminal: .init("network", "# leader changes", omittedAtZero: true), edition: 8),
        .init(
            "throttled_ms", .milliseconds,
            "How long brokers asked the clients to be silent because of quotas, over all connections; "
                + "empty without a network.",
            joined: .sum,
            terminal: .init("network", "throttled for #", omittedAtZero: true), edition: 8),
    ]

    private static let limits: [RunFigure] = [
        .init(
            "readable_records", .records,
            "By how much the ends of the logs moved in the measured part and after it, as the brokers "
                + "told them; other programs' records count, too; empty without a network.",
            joined: .ofOneRun, edition: 8),
        .init(
            "readable_rate_records_per_s", .recordsPerSecond,
            "`readable_records` over `duration_s`, beside the rates of produced and acknowledged records.",
            origin: .formula(.perSecond(of: "readable_records")), joined: .ofOneRun, edition: 8),
        .init(
            "loop_busy_percent", .percent,
            "Share of the measured part in which the busiest event loop of the generator was at work; "
                + "empty without a network.",
            joined: .largest,
            page: .machine("the busiest event loop of the generator's clients"),
            edition: 8),
    ]
}
