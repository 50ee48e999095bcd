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
                "server.properties:6: num.io.threads has no meaning here",
                "server.properties:13: zookeeper.connect has no meaning here",
            ])
    }

    @Test("of a KRaft node are taken, without the listeners of its controllers")
    func kraft() throws {
        // As in the file that Kafka 4 ships.
        let (config, warnings) = try read(
            """
            process.roles=broker,controller
            node.id=1
            controller.quorum.bootstrap.servers=localhost:9093
            listeners=PLAINTEXT://:9092,CONTROLLER://:9093
            inter.broker.listener.name=PLAINTEXT
            advertised.listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093
            controller.listener.names=CONTROLLER
            listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,\
            SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL
            num.network.threads=3
            num.io.threads=8
            socket.send.buffer.bytes=102400
            socket.receive.buffer.bytes=102400
            socket.request.max.bytes=104857600
            log.dirs=/tmp/kraft-combined-logs
            num.partitions=1
            num.recovery.threads.per.data.dir=1
            offsets.topic.replication.factor=1
            share.coordinator.state.topic.replication.factor=1
            share.coordinator.state.topic.min.isr=1
            transaction.state.log.replication.factor=1
            transaction.state.log.min.isr=1
            log.retention.hours=168
            log.segment.bytes=1073741824
            log.retention.check.interval.ms=300000
            """)
        #expect(config.listeners == [ListenerName(endpoint: Endpoint(host: "", port: 9092))])
        #expect(config.advertisedListeners.map(\.text) == ["PLAINTEXT://localhost:9092"])
        #expect(
            warnings.last
                == "server.properties:4: CONTROLLER://:9093 is a listener of controllers, "
                + "and left out: there is no quorum here")
    }

    @Test("name any number of listeners, each with where its clients are told to come")
    func namedListeners() throws {
        let config = try read(
            """
            listeners=internal://:9092, EXTERNAL://0.0.0.0:9094,PLAINTEXT://127.0.0.1:9095
            advertised.listeners=INTERNAL://broker:9092,External://kafka.example.com:443
            listener.security.protocol.map=INTERNAL:PLAINTEXT,external:plaintext
            """
        ).config
        #expect(config.listeners.map(\.name) == ["INTERNAL", "EXTERNAL", "PLAINTEXT"])
        #expect(config.advertisedListeners.map(\.name) == ["INTERNAL", "EXTERNAL"])
    }

    @Test(
        "name no listeners that cannot be served",
        arguments: [
            "listeners=A://:1\nlistener.security.protocol.map=A:SASL_SSL",
            "listeners=A://:1",
            "listeners=A://:1\nlistener.security.protocol.map=A:TLS",
            "listeners=A://:1\nlistener.security.protocol.map=A",
            "listeners=A://:1,a://:2\nlistener.security.protocol.map=A:PLAINTEXT",
            "listeners=C://:1\ncontroller.listener.names=C\nlistener.security.protocol.map=C:PLAINTEXT",
            "advertised.listeners=B://host:1\nlistener.security.protocol.map=B:PLAINTEXT",
        ])
    func refusedListeners(_ text: String) {
        #expect(throws: BrokerConfigError.self) { try read(text) }
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

    @Test(
        "of groups are within the bounds of what groups set for themselves, or both are named",
        arguments: [
            ("consumer.session.timeout.ms", 44_999, 60_001),
            ("consumer.heartbeat.interval.ms", 4999, 15_001),
            ("share.session.timeout.ms", 44_999, 60_001),
            ("share.heartbeat.interval.ms", 4999, 15_001),
            ("share.record.lock.duration.ms", 14_999, 60_001),
        ])
    func boundsOfGroups(name: String, low: Int, high: Int) throws {
        let bounds = GroupSettingKey.bounds(of: name)
        for (value, bound) in [(low, bounds.least), (high, bounds.most)] {
            let setting = "group.\(name)=\(value)"
            let error = try #require(throws: BrokerConfigError.self) { try read(setting) }
            #expect(error.origin == "group.\(name)" && error.reason.contains(bound), "\(error)")
            #expect(throws: Never.self) { try read("\(setting)\n\(bound)=\(value)") }
        }
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
