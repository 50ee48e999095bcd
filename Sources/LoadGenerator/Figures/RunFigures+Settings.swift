import Measurement

extension RunFigures {
    /// The settings that a comparison varies, as resolved, and their effects.
    static let settings: [FigureSource] = [
        .text("compression_type") { $0.common(\.producers.compression.codec)?.name },
        .count("compression_level") {
            $0.common(\.producers.compression).flatMap { $0.level ?? $0.codec.defaultLevel }
        },
        .count("batch_size_bytes") { $0.common(\.producers.batchSize) },
        .number("linger_ms") { $0.common(\.producers.linger).map { $0 / .milliseconds(1) } },
        .text("acks") { $0.common(\.producers.acks)?.rawValue },
        .text("idempotence") {
            $0.common(\.producers.enableIdempotence).map { $0 ? "true" : "false" }
        },
        .count("producers") { $0.profile?.producerCount },
        .count("consumers") { $0.profile?.consumers.reduce(0) { $0 + $1.members } },
        .count("topics") { $0.profile?.producedTopics.reduce(0) { $0 + $1.count } },
        .count("partitions") {
            // Topics that existed have their own number.
            $0.profile.flatMap { profile in
                profile.hasExisting
                    ? nil : profile.producedTopics.reduce(0) { $0 + $1.count * $1.partitions }
            }
        },
        .count("flush_messages") { topicSetting("flush.messages", $0) },
        .count("flush_ms") { topicSetting("flush.ms", $0) },
        .text("payload_kind") { $0.common(\.payload.kind)?.rawValue },
        .number("payload_value_size_mean_bytes") { $0.payload?.meanByteCount },
        .number("offered_rate_records_per_s") { $0.offeredRate },
        .text("payload_checksum") { $0.payload.map { checksumText($0.checksum) } },
    ]

    /// What all groups of producers have; nil if they differ.
    private func common<Value: Equatable>(_ setting: (Profile) -> Value) -> Value? {
        guard let values = profile?.loads.map({ setting($0.profile) }), let first = values.first,
            values.allSatisfy({ $0 == first })
        else { return nil }
        return first
    }

    private static func topicSetting(_ key: String, _ figures: RunFigures) -> Int64? {
        figures.common(\.topics.config[key])?.flatMap { Int64($0) }
    }

    private static func checksumText(_ checksum: UInt32) -> String {
        let digits = String(checksum, radix: 16)
        return "crc32c:" + String(repeating: "0", count: 8 - digits.count) + digits
    }
}
