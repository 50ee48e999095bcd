import KafkaProtocol
import Logging
import Testing

@testable import Broker

@Suite("Settings of groups")
struct GroupSettingsTests {
    private static func alter(
        _ client: TestClient, _ settings: [(String, String?)], group: String = "g"
    ) throws -> IncrementalAlterConfigsResponse.Resource {
        var request = IncrementalAlterConfigsRequest()
        var resource = IncrementalAlterConfigsRequest.Resource()
        resource.resourceType = .group
        resource.resourceName = group
        resource.configs = settings.map { name, value in
            var config = IncrementalAlterConfigsRequest.Config()
            config.name = name
            config.configOperation = value == nil ? .delete : .set
            config.value = value
            return config
        }
        request.resources = [resource]
        return try client.ask(request, version: 1).responses[0]
    }

    private static func describe(
        _ client: TestClient, group: String = "g"
    ) throws -> DescribeConfigsResponse.Resource {
        var request = DescribeConfigsRequest()
        var resource = DescribeConfigsRequest.Resource()
        (resource.resourceType, resource.resourceName) = (.group, group)
        resource.configurationKeys = nil
        request.resources = [resource]
        request.includeSynonyms = true
        return try client.ask(request, version: 4).results[0]
    }

    private static func names(_ client: TestClient) throws -> [String] {
        var request = ListConfigResourcesRequest()
        request.resourceTypes = [32]
        return try client.ask(request, version: 1).configResources.map(\.resourceName)
    }

    @Test("are described, altered, listed, kept on disk, and gone without any")
    func resources() throws {
        let first = try TestBroker(["group.share.session.timeout.ms": "50000"])
        let client = try first.client()
        let standard = try Self.describe(client).configs
        #expect(standard.map(\.name) == GroupSettingKey.all.map(\.name))
        #expect(standard.map(\.name) == standard.map(\.name).sorted())
        let session = try #require(standard.last)
        #expect(session.name == "share.session.timeout.ms" && session.value == "50000")
        #expect(session.configSource == .staticBroker && session.configType == .int)
        #expect(
            session.synonyms.map(\.name)
                == ["group.share.session.timeout.ms", "share.session.timeout.ms"])
        #expect(standard[0].configSource == .defaultConfig && standard[0].value == "5000")

        let changes: [(String, String?)] = [
            ("share.session.timeout.ms", "55000"), ("share.auto.offset.reset", "earliest"),
            ("share.isolation.level", "read_committed"),
        ]
        #expect(try Self.alter(client, changes).errorCode == .none)
        #expect(try Self.names(client) == ["g"])
        try first.stopForNext()
        let second = try TestBroker(directory: first.directory)
        let again = try second.client()
        let kept = Dictionary(
            uniqueKeysWithValues: try Self.describe(again).configs.map { ($0.name, $0) })
        #expect(kept["share.session.timeout.ms"]?.value == "55000")
        #expect(kept["share.session.timeout.ms"]?.configSource == .group)
        let values = second.broker.groups.settings.values(of: "g")
        #expect(values.shareAutoOffsetReset == .earliest)
        #expect(values.shareIsolationLevel == .readCommitted)
        #expect(second.broker.groups.settings.values(of: "other") == GroupValues())
        #expect(try Self.alter(again, changes.map { ($0.0, nil) }).errorCode == .none)
        #expect(try Self.names(again).isEmpty)
    }

    @Test("are refused where Kafka refuses them")
    func refuses() throws {
        let broker = try TestBroker()
        let client = try broker.client()
        let zeros = String(repeating: "0", count: 200)
        for (name, value) in [
            ("share.session.timeout.ms", "44999"), ("share.session.timeout.ms", "60001"),
            ("share.session.timeout.ms", "soon"), ("consumer.session.timeout.ms", "1000"),
            ("consumer.heartbeat.interval.ms", "4999"), ("share.record.lock.duration.ms", "1000"),
            ("share.auto.offset.reset", "none"), ("share.auto.offset.reset", "by_duration:P"),
            ("share.isolation.level", "serializable"), ("share.delivery.count.limit", "1"),
            ("share.partition.max.record.locks", "99"), ("share.renew.acknowledge.enable", "1"),
            ("retention.ms", "1"), ("share.auto.offset.reset", "by_duration:PT\(zeros)1S"),
        ] {
            let answer = try Self.alter(client, [(name, value)])
            #expect(answer.errorCode == .invalidConfig, "\(name)=\(value)")
            #expect(answer.errorMessage?.contains(name) == true)
        }
        #expect(
            try Self.alter(client, [("share.isolation.level", "read_committed")], group: "")
                .errorCode == .invalidRequest)
        #expect(try Self.describe(client, group: "").errorCode == .invalidRequest)
        #expect(try Self.names(client).isEmpty)
    }

    @Test("hold for members of both kinds of groups from their next heartbeat on")
    func effect() throws {
        let broker = try TestBroker(["group.initial.rebalance.delay.ms": "0"])
        try broker.topic("t")
        let client = try broker.client()
        var share = ShareGroupHeartbeatRequest()
        (share.groupID, share.memberID, share.subscribedTopicNames) = ("g", "m", ["t"])
        var consumer = ConsumerGroupHeartbeatRequest()
        (consumer.groupID, consumer.memberID, consumer.subscribedTopicNames) = ("c", "m", ["t"])
        (consumer.rebalanceTimeoutMs, consumer.topicPartitions) = (1000, [])
        func intervals() throws -> [Int32] {
            let first = try retried {
                try client.ask(share, version: 1)
            } code: {
                $0.errorCode
            }
            return [
                first.heartbeatIntervalMs,
                try client.ask(consumer, version: 1).heartbeatIntervalMs,
            ]
        }
        #expect(try intervals() == [5000, 5000])
        #expect(
            try Self.alter(client, [("share.heartbeat.interval.ms", "6000")]).errorCode == .none)
        let other = try Self.alter(
            client, [("consumer.heartbeat.interval.ms", "7000")], group: "c")
        #expect(other.errorCode == .none)
        #expect(try intervals() == [6000, 7000])
        #expect(try Self.alter(client, [("share.heartbeat.interval.ms", nil)]).errorCode == .none)
        #expect(try intervals() == [5000, 7000])
    }

    @Test("say how far back a share group begins, as a duration of ISO 8601")
    func durations() {
        for (text, ms) in [
            ("PT1H", 3_600_000), ("P1DT2H3M4.567S", 93_784_567), ("pt0.001s", 1), ("PT0S", 0),
            ("P2D", 172_800_000), ("PT1.5S", 1500),
        ] as [(String, Int64)] {
            #expect(ShareOffsetReset(setting: "by_duration:\(text)") == .byDuration(ms: ms))
        }
        for text in [
            "", "P", "PT", "1H", "PT1", "PTH", "P1H", "PT1D", "PT1M1H", "PT1.5H", "P-1D", "PT-1S",
            "-PT1S", "PT99999999999999999H", "P1DT", "PT1S ", "PT1.1234567890S", "PT1S1S",
        ] {
            #expect(ShareOffsetReset(setting: "by_duration:\(text)") == nil, "\(text)")
        }
        #expect(ShareOffsetReset(setting: "LATEST") == .latest)
    }

    @Test("of groups whose names differ by their bytes alone are kept apart")
    func exactNames() throws {
        let directory = TestBroker.temporaryDirectory()
        defer { TestBroker.removeTree(directory) }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let names = ["\u{e9}", "e\u{301}"]
        let settings = try GroupSettings(
            directory: directory, config: BrokerConfig(), logger: logger)
        for (name, value) in zip(names, ["earliest", "latest"]) {
            try settings.replace(name, with: ["share.auto.offset.reset": value])
        }
        let read = try GroupSettings(directory: directory, config: BrokerConfig(), logger: logger)
        #expect(read.names.count == 2)
        #expect(read.values(of: names[0]).shareAutoOffsetReset == .earliest)
        #expect(read.values(of: names[1]).shareAutoOffsetReset == .latest)
        try settings.set(names[0], [:], validateOnly: true)
        try settings.commit()
        #expect(settings.names.count == 2)
    }

    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test("that the broker's bounds do not allow any more are kept, and the others hold")
    func boundsThatChanged() throws {
        let directory = TestBroker.temporaryDirectory()
        defer { TestBroker.removeTree(directory) }
        var wide = BrokerConfig()
        wide.share.maxSessionTimeoutMs = 120_000
        func read(_ config: BrokerConfig) throws -> GroupSettings {
            try GroupSettings(directory: directory, config: config, logger: Self.quiet)
        }
        let own = ["share.session.timeout.ms": "100000", "share.auto.offset.reset": "earliest"]
        try read(wide).replace("g", with: own)
        let narrow = try read(BrokerConfig())
        #expect(narrow.own("g") == own)
        #expect(narrow.values(of: "g").shareSessionTimeoutMs == 45_000)
        #expect(narrow.values(of: "g").shareAutoOffsetReset == .earliest)
        // What is written now has them, too.
        try narrow.replace("other", with: ["share.auto.offset.reset": "earliest"])
        let again = try read(wide)
        #expect(again.own("g") == own && again.names == ["g", "other"])
        #expect(again.values(of: "g").shareSessionTimeoutMs == 100_000)
        // Two settings that hold each, but not together with the broker's own.
        var slow = BrokerConfig()
        slow.share.minSessionTimeoutMs = 1000
        try read(slow).replace("g", with: ["share.session.timeout.ms": "6000"])
        slow.share.heartbeatIntervalMs = 7000
        let values = try read(slow).values(of: "g")
        #expect(values.shareSessionTimeoutMs == 45_000 && values.shareHeartbeatIntervalMs == 7000)
    }

    @Test("are written down once for all groups of a request, or not at all")
    func oneWrite() throws {
        let directory = TestBroker.temporaryDirectory()
        let settings = try GroupSettings(
            directory: directory, config: BrokerConfig(), logger: Self.quiet)
        let own = ["share.auto.offset.reset": "earliest"]
        for name in ["a", "b"] { try settings.set(name, own, validateOnly: false) }
        #expect(settings.names.isEmpty)
        try settings.commit()
        #expect(settings.names == ["a", "b"])
        try settings.set("c", own, validateOnly: false)
        TestBroker.removeTree(directory)
        #expect(throws: Refusal.self) { try settings.commit() }
        #expect(settings.names == ["a", "b"])
    }

    @Test("have a bound on the bytes of all of them")
    func bytes() throws {
        let settings = GroupSettings()
        let own = ["share.auto.offset.reset": "earliest"]
        let padding = String(repeating: "x", count: 1000)
        var count = 0
        do throws(Refusal) {
            while count < GroupSettings.maximumCount {
                let name = String(count) + padding
                try settings.set(name, own, validateOnly: false)
                count += 1
            }
        } catch {
            #expect(error.code == .policyViolation)
        }
        #expect(count > 4000 && count < 4096)
        // What is removed makes room.
        try settings.set("0" + padding, [:], validateOnly: false)
        try settings.set("one more", own, validateOnly: false)
    }

    @Test("take numbers as Java does, and levels of isolation in small letters")
    func texts() throws {
        let values = try GroupValues(
            ["share.session.timeout.ms": " 46000\n"], BrokerConfig())
        #expect(values.shareSessionTimeoutMs == 46_000)
        #expect(IsolationLevel(setting: "READ_COMMITTED") == nil)
    }
}
