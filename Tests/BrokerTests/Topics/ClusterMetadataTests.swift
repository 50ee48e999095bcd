import CommitLog
import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite struct `A broker over a directory with Kafka's metadata log` {
    private static let name = "__cluster_metadata"

    @Test func `neither lists the log nor lets anybody make a topic of its name`() async throws {
        let fixture = try AdministrationFixture()
        let created = await fixture.create([AdministrationFixture.topic(Self.name)])
        #expect(created.map(\.errorCode) == [.invalidRequest])
        var named = MetadataRequest()
        var topic = MetadataRequest.Topic()
        topic.name = Self.name
        named.topics = [topic]
        named.allowAutoTopicCreation = true
        let metadata = await fixture.ask(MetadataHandler.init, named)
        #expect(metadata.topics.map(\.errorCode) == [.unknownTopicOrPartition])
        #expect(fixture.log.topics.isEmpty)
    }

    @Test func `takes over what it could have altered itself, and says what else there is`() {
        let (config, complaints) = InheritedBrokerSettings.interpret(
            ["log.segment.bytes": "2000", "ssl.keystore.password": "secret"],
            [
                "log.segment.bytes": "3000", "log.retention.ms": "5000",
                "log.cleanup.policy": "both", "min.insync.replicas": "1",
            ])
        #expect(config.broker == ["log.segment.bytes": "2000"])
        #expect(
            config.cluster == [
                "log.segment.bytes": "3000", "log.retention.ms": "5000",
                "min.insync.replicas": "1",
            ])
        #expect(config.topicDefaults["segment.bytes"] == "2000")
        #expect(config.topicDefaults["retention.ms"] == "5000")
        #expect(complaints.count == 2 && !complaints.contains { $0.contains("secret") })
    }
}
