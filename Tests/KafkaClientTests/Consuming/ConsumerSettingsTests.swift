import Testing

@testable import KafkaClient

@Suite("Settings of consumers and groups")
struct ConsumerSettingsTests {
    private func settings(_ values: [String: String]) throws -> ClientSettings {
        try ClientSettings(values.merging(["bootstrap.servers": "b:9092"]) { own, _ in own })
    }

    @Test(
        "auto.offset.reset takes Kafka's words, and durations of ISO 8601",
        arguments: [
            ("earliest", AutoOffsetReset.earliest), ("latest", .latest), ("none", .none),
            ("by_duration:PT1H30M", .byDuration(milliseconds: 5_400_000)),
            ("by_duration:P2DT0.5S", .byDuration(milliseconds: 172_800_500)),
        ])
    func autoOffsetReset(text: String, expected: AutoOffsetReset) throws {
        let read = try settings(["auto.offset.reset": text]).consumer.autoOffsetReset
        #expect(read == expected)
        #expect(AutoOffsetReset(read.name) == expected)
    }

    @Test(
        "what is no value is refused",
        arguments: [
            ("auto.offset.reset", "by_duration:1H"), ("auto.offset.reset", "by_duration:PT"),
            ("auto.offset.reset", "by_duration:PT1M1H"), ("auto.offset.reset", "by_duration:P1H"),
            ("auto.offset.reset", "by_duration:PT1e400S"), ("auto.offset.reset", "smallest"),
            ("isolation.level", "serializable"), ("fetch.min.bytes", "-1"),
            ("partition.assignment.strategy", "range,range"),
            ("partition.assignment.strategy", "random"), ("session.timeout.ms", "0"),
        ])
    func refused(name: String, value: String) {
        #expect(throws: ClientSettingsError.self) { try settings([name: value]) }
    }

    @Test("assignors are in order of preference, and cooperative only if all are")
    func assignors() throws {
        let mixed = try settings(["partition.assignment.strategy": "cooperative-sticky, sticky"])
        #expect(mixed.group.assignors == [.cooperativeSticky, .sticky])
        #expect(!mixed.group.isCooperative)
        let pure = try settings(["partition.assignment.strategy": "cooperative-sticky"])
        #expect(pure.group.isCooperative)
    }

    @Test("a heartbeat an interval has to come several times a session")
    func heartbeats() {
        #expect(throws: ClientSettingsError.self) {
            try settings(["session.timeout.ms": "3000"])
        }
    }
}
