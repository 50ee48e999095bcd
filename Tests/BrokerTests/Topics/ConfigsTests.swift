import CommitLog
import KafkaProtocol
import Testing

@testable import Broker

@Suite("Settings")
struct ConfigsTests {
    private let fixture: AdministrationFixture

    init() throws {
        fixture = try AdministrationFixture(["log.retention.ms": "5000"])
        try fixture.test.topic("a", config: ["segment.bytes": "1000"])
    }

    private func describe(
        _ type: ConfigResourceType, _ name: String, keys: [String]? = nil,
        of other: AdministrationFixture? = nil
    ) async -> DescribeConfigsResponse.Resource {
        var resource = DescribeConfigsRequest.Resource()
        resource.resourceType = type
        resource.resourceName = name
        resource.configurationKeys = keys
        var request = DescribeConfigsRequest()
        request.resources = [resource]
        request.includeSynonyms = true
        request.includeDocumentation = true
        return await (other ?? fixture).ask(DescribeConfigsHandler.init, request).results[0]
    }

    private func alter(
        _ type: ConfigResourceType, _ name: String, _ settings: [(String, String?)],
        validateOnly: Bool = false
    ) async -> AlterConfigsResponse.Resource {
        var resource = AlterConfigsRequest.Resource()
        resource.resourceType = type
        resource.resourceName = name
        resource.configs = settings.map { name, value in
            var config = AlterConfigsRequest.Config()
            config.name = name
            config.value = value
            return config
        }
        var request = AlterConfigsRequest()
        request.resources = [resource]
        request.validateOnly = validateOnly
        return await fixture.ask(AlterConfigsHandler.init, request).responses[0]
    }

    private func increment(
        _ type: ConfigResourceType, _ name: String,
        _ operations: [(ConfigOperation, String, String?)]
    ) async -> ErrorCode {
        var resource = IncrementalAlterConfigsRequest.Resource()
        resource.resourceType = type
        resource.resourceName = name
        resource.configs = operations.map { operation, name, value in
            var config = IncrementalAlterConfigsRequest.Config()
            config.name = name
            config.configOperation = operation
            config.value = value
            return config
        }
        var request = IncrementalAlterConfigsRequest()
        request.resources = [resource]
        return await fixture.ask(IncrementalAlterConfigsHandler.init, request).responses[0]
            .errorCode
    }

    private var overrides: [String: String] { fixture.log.topic("a")?.overrides ?? [:] }

    @Test("of topics are described with their sources, types and sentences")
    func topics() async throws {
        let all = await describe(.topic, "a")
        #expect(all.errorCode == .none)
        #expect(all.configs.count == SettingSources.topicDefaults.count)
        #expect(all.configs.allSatisfy { $0.documentation?.isEmpty == false && !$0.isSensitive })
        let some = await describe(
            .topic, "a", keys: ["segment.bytes", "retention.ms", "flush.ms", "nonsense"])
        let byName = Dictionary(uniqueKeysWithValues: some.configs.map { ($0.name, $0) })
        #expect(byName.count == 3)
        let segment = try #require(byName["segment.bytes"])
        #expect(segment.value == "1000" && segment.configSource == .topic)
        #expect(segment.configType == .int)
        #expect(segment.synonyms.map(\.name) == ["segment.bytes", "log.segment.bytes"])
        #expect(segment.synonyms.map(\.source) == [.topic, .defaultConfig])
        let retention = try #require(byName["retention.ms"])
        #expect(retention.value == "5000" && retention.configSource == .staticBroker)
        // The default goes by the name that has one, as in Kafka.
        #expect(retention.synonyms.map(\.name) == ["log.retention.ms", "log.retention.hours"])
        #expect(retention.synonyms.map(\.value) == ["5000", "168"])
        #expect(byName["flush.ms"]?.configSource == .defaultConfig)
    }

    @Test("have a sentence for every key")
    func sentences() {
        for (key, _) in SettingSources.topicDefaults {
            #expect(SettingText.ofTopics[key] != nil, "\(key)")
        }
        for setting in ExplainedSetting.all {
            #expect(!setting.meaning.isEmpty && !setting.form.isEmpty, "\(setting.name)")
        }
        let names = Set(ExplainedSetting.all.map(\.name))
        // Some names are a topic's and the broker's.
        let ofBroker = ExplainedSetting.all.filter { $0.part != .topic }.map(\.name)
        #expect(Set(ofBroker).count == ofBroker.count)
        #expect(names.isSuperset(of: SettingText.ofBroker.keys))
    }

    @Test("are explained as those that can be altered exactly where they can")
    func explained() {
        for setting in ExplainedSetting.all where setting.part != .topic {
            #expect(
                setting.isAlterable == DynamicBrokerKey.contains(setting.name), "\(setting.name)")
        }
    }

    @Test("of the broker are described, those that can be altered as such")
    func brokers() async throws {
        let all = await describe(.broker, "1")
        let byName = Dictionary(all.configs.map { ($0.name, $0) }, uniquingKeysWith: { a, _ in a })
        #expect(byName.count == all.configs.count)
        #expect(byName["log.retention.ms"]?.value == "5000")
        #expect(byName["log.retention.ms"]?.readOnly == false)
        #expect(byName["num.network.threads"]?.readOnly == true)
        #expect(byName["num.network.threads"]?.configType == .int)
        #expect(byName["log.retention.hours"]?.configType == .int)
        #expect(byName["log.retention.ms"]?.configType == .long)
        #expect(byName["log.cleaner.io.max.bytes.per.second"]?.configType == .double)
        #expect(byName["listeners"]?.configType == .list)
        #expect(byName.values.allSatisfy { $0.configType != .unknown })
        #expect(byName["listeners"]?.value == "PLAINTEXT://127.0.0.1:0")
        #expect(byName["listeners"]?.configSource == .staticBroker)
        #expect(byName["offset.metadata.max.bytes"]?.configSource == .defaultConfig)
        #expect(byName["auto.create.topics.enable"]?.configType == .boolean)
        #expect(await describe(.broker, "").configs.isEmpty)
    }

    @Test("are listed under all of Kafka's names for them, from the asked one on")
    func synonyms() async throws {
        let fixture = try AdministrationFixture([
            "log.retention.hours": "2", "log.retention.minutes": "5", "log.roll.hours": "3",
            "broker.id": "1",
        ])
        func asked(
            _ type: ConfigResourceType, _ name: String, _ key: String
        ) async throws -> (value: String?, synonyms: [String]) {
            let config = try #require(
                await describe(type, name, keys: [key], of: fixture).configs.first)
            return (
                config.value,
                config.synonyms.map { "\($0.name)=\($0.value ?? "") \($0.source.rawValue)" }
            )
        }
        try fixture.test.topic("b")
        // 4 is what the broker was started with, 5 a default.
        let minutes = "log.retention.minutes=5 4"
        let hours = ["log.retention.hours=2 4", "log.retention.hours=168 5"]
        let topic = try await asked(.topic, "b", "retention.ms")
        #expect(topic.value == "300000")
        // Kafka drops what stands before the name that goes first, here all.
        #expect(topic.synonyms == [])
        let broker = try await asked(.broker, "1", "log.retention.minutes")
        #expect(broker.value == "5" && broker.synonyms == [minutes] + hours)
        #expect(try await asked(.broker, "1", "log.retention.hours").synonyms == hours)
        let roll = try await asked(.broker, "1", "log.roll.hours")
        #expect(
            roll.value == "3" && roll.synonyms == ["log.roll.hours=3 4", "log.roll.hours=168 5"])
        let flush = try await asked(.broker, "1", "log.flush.scheduler.interval.ms")
        #expect(flush.synonyms == ["log.flush.scheduler.interval.ms=\(Int64.max) 5"])
    }

    @Test("of the cleaner and others of Kafka's are altered, and kept")
    func dynamicDirectory() async throws {
        let rate = "log.cleaner.io.max.bytes.per.second"
        #expect(await increment(.broker, "", [(.set, rate, "1000000")]) == .none)
        #expect(await increment(.broker, "1", [(.set, rate, "2000000")]) == .none)
        #expect(fixture.log.config.cleanerMaxBytesPerSecond == 2_000_000)
        #expect(await increment(.broker, "1", [(.set, "log.cleaner.threads", "4")]) == .none)
        let threads = try #require(
            await describe(.broker, "1", keys: ["log.cleaner.threads"]).configs.first)
        #expect(threads.value == "4" && threads.configSource == .dynamicBroker)
        #expect(!threads.readOnly)
        for (key, value) in [
            ("log.cleaner.threads", "0"), ("num.io.threads", "many"), (rate, "0"),
            ("log.cleaner.backoff.ms", "x"), ("producer.id.expiration.ms", "0"),
            ("weir.batch.validation", "all"),
        ] {
            #expect(await increment(.broker, "1", [(.set, key, value)]) == .invalidConfig, "\(key)")
        }
        #expect(
            await increment(.broker, "1", [(.set, "log.cleaner.enable", "false")])
                == .invalidRequest)
        try fixture.test.stop()
        let again = try LogDirectory(path: fixture.test.directory)
        #expect(again.config.cleanerMaxBytesPerSecond == 2_000_000)
        try again.alterDynamicConfig(DynamicConfig())
        #expect(again.config == LogDirectoryConfig())
        try again.close()
    }

    @Test("of what is looked at in produced batches hold for all topics that say nothing else")
    func validation() async throws {
        let key = "weir.batch.validation"
        let fixture = try AdministrationFixture([key: "header"])
        let log = try fixture.test.topic("b")[0]
        let strict = try fixture.test.topic("c", config: [key: "records"])[0]
        #expect(log.config.batchValidation == .header)
        #expect(strict.config.batchValidation == .records)
        let config = try #require(
            await describe(.topic, "b", keys: [key], of: fixture).configs.first)
        #expect(config.value == "header" && config.configSource == .staticBroker)
    }

    @Test("of what does not exist are refused")
    func missing() async {
        #expect(await describe(.topic, "b").errorCode == .unknownTopicOrPartition)
        #expect(await describe(.topic, "b/").errorCode == .invalidTopicException)
        #expect(await describe(.broker, "2").errorCode == .invalidRequest)
        #expect(await describe(.brokerLogger, "1").errorCode == .invalidRequest)
        #expect(await alter(.topic, "b", []).errorCode == .unknownTopicOrPartition)
    }

    @Test("of a topic are replaced as a whole by AlterConfigs")
    func replaced() async throws {
        #expect(
            await alter(.topic, "a", [("retention.ms", "7")], validateOnly: true).errorCode == .none
        )
        #expect(overrides == ["segment.bytes": "1000"])
        #expect(await alter(.topic, "a", [("retention.ms", "7")]).errorCode == .none)
        #expect(overrides == ["retention.ms": "7"])
        let partition = fixture.log.partitions(of: "a")?[0]
        #expect(partition?.config.value.retentionMs == 7)
        #expect(await alter(.topic, "a", [("retention.ms", "x")]).errorCode == .invalidConfig)
        #expect(await alter(.topic, "a", [("nonsense", "1")]).errorCode == .invalidConfig)
        #expect(await alter(.topic, "a", [("retention.ms", nil)]).errorCode == .invalidRequest)
        #expect(
            await alter(.topic, "a", [("min.insync.replicas", "2")]).errorCode == .invalidConfig)
        #expect(overrides == ["retention.ms": "7"])
        let twice = [("retention.ms", "8"), ("segment.bytes", "1000"), ("retention.ms", "9")]
        #expect(await alter(.topic, "a", twice).errorCode == .none)
        #expect(overrides == ["retention.ms": "9", "segment.bytes": "1000"])
        #expect(await alter(.topic, "a", []).errorCode == .none)
        #expect(overrides.isEmpty)
    }

    @Test("are set, deleted, appended to and subtracted from one by one")
    func incremented() async throws {
        let throttled = "follower.replication.throttled.replicas"
        #expect(
            await increment(
                .topic, "a",
                [(.set, "retention.ms", "7"), (.append, throttled, "0:1,1:1")]) == .none)
        #expect(overrides == ["segment.bytes": "1000", "retention.ms": "7", throttled: "0:1,1:1"])
        #expect(
            await increment(
                .topic, "a", [(.delete, "segment.bytes", nil), (.append, throttled, "1:1,2:1")])
                == .none)
        #expect(overrides == ["retention.ms": "7", throttled: "0:1,1:1,2:1"])
        #expect(await increment(.topic, "a", [(.subtract, throttled, "1:1")]) == .none)
        #expect(overrides[throttled] == "0:1,2:1")
        let before = overrides
        let wrong: [([(ConfigOperation, String, String?)], ErrorCode)] = [
            ([(.append, "retention.ms", "7")], .invalidConfig),
            ([(.set, "segment.bytes", "5000"), (.set, "retention.ms", "x")], .invalidConfig),
            ([(.set, "retention.ms", nil)], .invalidRequest),
            ([(.set, "retention.ms", "1"), (.delete, "retention.ms", nil)], .invalidRequest),
            ([(ConfigOperation(rawValue: 9), "retention.ms", "1")], .invalidRequest),
        ]
        for (operations, code) in wrong {
            #expect(await increment(.topic, "a", operations) == code, "\(operations)")
        }
        #expect(overrides == before)
        #expect(await increment(.topic, "a", [(.subtract, "cleanup.policy", "delete")]) == .none)
        #expect(overrides["cleanup.policy"] == "", "neither is a policy, as in Kafka")
    }

    @Test("of the broker reach running topics and outlast a restart")
    func dynamic() async throws {
        #expect(await increment(.broker, "", [(.set, "log.retention.ms", "9")]) == .none)
        #expect(await increment(.broker, "1", [(.set, "log.retention.ms", "8")]) == .none)
        let partition = try #require(fixture.log.partitions(of: "a")?[0])
        #expect(partition.config.value.retentionMs == 8)
        let retention = try #require(
            await describe(.topic, "a", keys: ["retention.ms"]).configs.first)
        #expect(retention.value == "8" && retention.configSource == .dynamicBroker)
        #expect(
            retention.synonyms.map(\.source)
                == [.dynamicBroker, .dynamicDefaultBroker, .staticBroker, .defaultConfig])
        #expect(await describe(.broker, "").configs.map(\.value) == ["9"])
        #expect(await increment(.broker, "1", [(.delete, "log.retention.ms", nil)]) == .none)
        #expect(partition.config.value.retentionMs == 9)
        for (key, value, code) in [
            ("num.network.threads", "3", .invalidRequest),
            ("log.retention.ms", "x", .invalidConfig),
        ] as [(String, String, ErrorCode)] {
            #expect(await increment(.broker, "1", [(.set, key, value)]) == code)
        }
        try fixture.test.stop()
        let again = try LogDirectory(
            path: fixture.test.directory, defaults: LogConfig(overrides: ["retention.ms": "5000"]))
        #expect(again.defaults.retentionMs == 9)
        try again.close()
    }
}
