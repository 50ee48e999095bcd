import CommitLog
import Testing

@testable import Broker

@Suite("The broker's settings")
struct BrokerConfigTests {
    private func read(_ text: String) throws -> (config: BrokerConfig, warnings: [String]) {
        try BrokerConfig.reading(BrokerConfig.settings(inFile: text, named: "server.properties"))
    }

    @Test("listen on this machine alone, unless they say otherwise")
    func defaultListener() throws {
        let listeners = try BrokerConfig.reading([]).config.listeners
        #expect(listeners.map(\.text) == ["PLAINTEXT://localhost:9092"])
        #expect(listeners[0].endpoint.isLoopback)
    }

    @Test("are read from a server.properties of Kafka's, whose other keys are warned of")
    func serverProperties() throws {
        let (config, warnings) = try read(
            """
            # The id of the broker.
            broker.id=7
            listeners=PLAINTEXT://:19092
            advertised.listeners=PLAINTEXT://kafka.example.com:19092
            num.network.threads=3
            num.io.threads=8
            socket.request.max.bytes=104857600
            log.dirs=/var/lib/kafka
            num.partitions=4
            log.retention.hours=168
            log.segment.bytes=1073741824
            log.retention.check.interval.ms=300000
            zookeeper.connect=localhost:2181
            group.initial.rebalance.delay.ms=0
            """)
        #expect(config.nodeID == 7)
        #expect(
            config.listeners == [ListenerName(endpoint: Endpoint(host: "", port: 19092))])
        #expect(config.advertisedListeners[0].endpoint.host == "kafka.example.com")
        #expect(config.logDirectory == "/var/lib/kafka")
        #expect(config.numPartitions == 4)
        #expect(config.groupInitialRebalanceDelayMs == 0)
        #expect(config.topicDefaults["retention.ms"] == "604800000")
        #expect(config.topicDefaults["segment.bytes"] == "1073741824")
        #expect(config.directorySettings["log.retention.check.interval.ms"] == "300000")
        #expect(
            warnings == [
                "server.properties:13: zookeeper.connect has no meaning here"
            ])
    }

    @Test("that do not exist are refused, with the place and the nearest name")
    func unknown() {
        #expect(
            throws: BrokerConfigError(
                origin: "server.properties:2",
                reason: "there is no setting 'num.partition'; did you mean 'num.partitions'?")
        ) {
            try read("broker.id=1\nnum.partition=3\n")
        }
    }

    @Test(
        "that are out of range are refused, with what is expected",
        arguments: [
            "num.partitions=0", "socket.request.max.bytes=many", "auto.create.topics.enable=yes",
            "listeners=PLAINTEXT://host:port", "log.dirs=/a,/b", "log.retention.hours=many",
            "log.retention.hours=9223372036854775807", "message.max.bytes=-1",
            "max.connections=0",
        ])
    func outOfRange(_ setting: String) {
        #expect {
            try read(setting)
        } throws: { error in
            "\(error)".hasPrefix("server.properties:1: \(setting) is not allowed: expected ")
        }
    }

    @Test(
        "that cannot be together are refused",
        arguments: [
            "queued.max.request.bytes=1000", "default.replication.factor=3",
            "group.min.session.timeout.ms=2000000", "listeners=SSL://:9092",
            "advertised.listeners=PLAINTEXT://0.0.0.0:9092",
        ])
    func impossible(_ setting: String) {
        #expect(throws: BrokerConfigError.self) { try read(setting) }
    }

    @Test("in milliseconds go before those in minutes and hours, in whatever order they stand")
    func units() throws {
        let config = try read(
            "log.retention.ms=5\nlog.retention.hours=1\nlog.retention.minutes=1\n"
        ).config
        #expect(config.topicDefaults["retention.ms"] == "5")
        #expect(
            try read("log.retention.hours=-1").config.topicDefaults["retention.ms"] == "-1")
    }

    @Test("become the topics' under the topics' names")
    func topicDefaults() throws {
        let config = try read(
            "log.flush.interval.messages=1\nmessage.max.bytes=2000\nlog.roll.ms=3\n"
        ).config
        let topic = try LogConfig(overrides: config.topicDefaults)
        #expect(topic.flushMessages == 1)
        #expect(topic.maxMessageBytes == 2000)
        #expect(topic.segmentMs == 3)
    }

    @Test("have the defaults of their properties, and each can be written as it is read")
    func roundTrip() throws {
        for key in BrokerConfig.keys {
            let value = key.read(BrokerConfig())
            if value.isEmpty { continue }
            var config = BrokerConfig()
            #expect(key.write(&config, value), "\(key.name)=\(value)")
            #expect(config == BrokerConfig(), "\(key.name)")
        }
    }

    @Test(
        "name places on the network",
        arguments: [
            ("localhost:9092", "localhost", 9092), (":9093", "", 9093), ("[::1]:1", "::1", 1),
            ("host", "host", 9092), ("0.0.0.0:0", "0.0.0.0", 0),
        ])
    func endpoints(_ text: String, _ host: String, _ port: Int) {
        #expect(Endpoint(text) == Endpoint(host: host, port: port))
    }

    @Test(
        "name no places that are none",
        arguments: ["host:", "host:65536", "host:-1", "[::1", "[host]:1", "a b:1", "h:1:2"])
    func noEndpoints(_ text: String) {
        #expect(Endpoint(text) == nil)
    }
}
