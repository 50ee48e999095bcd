import Testing

@testable import LoadGenerator

@Suite("A personality")
struct PersonalityTests {
    private func profile(_ rest: String) throws -> Profile {
        try Profile(
            yaml: """
                target: kafka
                client: {bootstrap.servers: "a:1"}
                consumers: [{group: g}, {group: h, config: {auto.commit.interval.ms: 7s}}]
                \(rest)
                """)
    }

    @Test(
        "gives a profile its client's defaults, which is read back as it was",
        arguments: Personality.allCases)
    func defaults(personality: Personality) throws {
        let read = try profile("personality: \(personality.rawValue)")
        for value in personality.values where !value.setting.hasPrefix("consumers.") {
            let setting = try #require(
                Profile.settings.first { $0.name == value.setting }, "\(value.setting)")
            var expected = Profile()
            try setting.read(
                .init(content: .scalar(value.text, isPlain: true), place: Place(source: "")),
                &expected)
            #expect(setting.write(read) == setting.write(expected), "\(value.setting)")
        }
        var resolved = try Profile(yaml: read.resolvedYAML())
        resolved.name = read.name
        #expect(resolved == read)
    }

    @Test("gives way to what the profile sets, and to what follows from that")
    func explicit() throws {
        let own = try profile(
            """
            personality: java-4
            producers: {config: {acks: 1, linger.ms: 9ms}}
            """)
        #expect(own.producers.linger == .milliseconds(9))
        #expect(own.producers.batchSize == 16 * 1024)
        #expect(!own.producers.enableIdempotence)
        #expect(own.consumers.map(\.autoCommitInterval) == [.seconds(5), .seconds(7)])
    }

    @Test("decides for records without a key only where its client does")
    func partitioner() throws {
        #expect(try profile("personality: sarama").producers.partitioner == .roundRobin)
        #expect(
            try profile("personality: sarama\nkeys: {kind: uniform}").producers.partitioner == .key)
        #expect(try profile("personality: librdkafka").producers.partitioner == .sticky)
        #expect(try !profile("personality: librdkafka").producers.enableIdempotence)
    }
}
