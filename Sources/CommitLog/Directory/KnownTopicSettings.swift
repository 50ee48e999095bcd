/// The settings of topics that stand in a directory of which nothing says what they are.
enum KnownTopicSettings {
    /// What Kafka gives its internal topics when it creates them; nil for any other.
    static func ofInternalTopic(_ name: String) -> [String: String]? { internalTopics[name] }

    private static let internalTopics: [String: [String: String]] = [
        "__consumer_offsets": [
            "cleanup.policy": "compact", "compression.type": "producer",
            "segment.bytes": "104857600",
        ],
        "__transaction_state": [
            "cleanup.policy": "compact", "compression.type": "uncompressed",
            "segment.bytes": "104857600",
        ],
        "__share_group_state": [
            "cleanup.policy": "delete", "retention.ms": "-1", "compression.type": "producer",
            "segment.bytes": "104857600",
        ],
        "__remote_log_metadata": ["cleanup.policy": "delete", "retention.ms": "-1"],
    ]

    /// No record goes by retention or by compaction, whatever the broker's defaults are. Kafka
    /// takes these values, too.
    static let keepingAll = [
        "cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1",
    ]

    /// The settings that say which records go. Where one of them cannot be taken over, nothing
    /// goes.
    static let decidingWhatGoes: Set<String> = [
        "cleanup.policy", "retention.ms", "retention.bytes", "delete.retention.ms",
        "min.compaction.lag.ms",
    ]
}
