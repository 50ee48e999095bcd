import Measurement

extension RunFigures {
    /// The settings that a comparison varies, as resolved, and their effects.
    static let settings: [FigureSource] = [
        .text("compression_type") { $0.profile?.producers.compression.codec.name },
        .count("compression_level") { $0.profile.flatMap(compressionLevel) },
        .count("batch_size_bytes") { $0.profile?.producers.batchSize },
        .number("linger_ms") { $0.profile.map { $0.producers.linger / .milliseconds(1) } },
        .text("acks") { $0.profile?.producers.acks.rawValue },
        .text("idempotence") {
            $0.profile.map { $0.producers.enableIdempotence ? "true" : "false" }
        },
        .count("producers") { $0.profile?.producers.count },
        .count("consumers") { $0.profile?.consumers.reduce(0) { $0 + $1.members } },
        .count("topics") { $0.profile?.topics.count },
        .count("partitions") {
            // Topics that existed have their own number.
            $0.profile.flatMap {
                $0.topics.existing ? nil : $0.topics.count * $0.topics.partitions
            }
        },
        .count("flush_messages") { topicSetting("flush.messages", $0) },
        .count("flush_ms") { topicSetting("flush.ms", $0) },
        .text("payload_kind") { $0.profile?.payload.kind.rawValue },
        .number("payload_value_size_mean_bytes") { $0.payload?.meanByteCount },
        .number("offered_rate_records_per_s") { $0.offeredRate },
        .text("payload_checksum") { $0.payload.map { checksumText($0.checksum) } },
    ]

    private static func compressionLevel(_ profile: Profile) -> Int? {
        let compression = profile.producers.compression
        return compression.level ?? compression.codec.defaultLevel
    }

    private static func topicSetting(_ key: String, _ figures: RunFigures) -> Int64? {
        figures.profile?.topics.config[key].flatMap { Int64($0) }
    }

    private static func checksumText(_ checksum: UInt32) -> String {
        let digits = String(checksum, radix: 16)
        return "crc32c:" + String(repeating: "0", count: 8 - digits.count) + digits
    }
}
