import CommitLog
import Testing

@testable import Broker

@Suite("Explained settings")
struct ExplainedSettingTests {
    /// As Kafka 4.2's documentation has them. The keys that are Weir's alone are at the end of each part;
    /// some of Kafka's are of earlier versions.
    private static let broker: [String: String] = [
        "BOOLEAN": """
        auto.create.topics.enable delete.topic.enable log.cleaner.enable log.preallocate \
        unclean.leader.election.enable weir.accept.any.replication.factor \
        allow.everyone.if.no.acl.found
        """,
        "INT": """
        node.id broker.id num.network.threads socket.request.max.bytes socket.listen.backlog.size \
        socket.send.buffer.bytes socket.receive.buffer.bytes max.connections max.connections.per.ip \
        fetch.max.bytes num.partitions default.replication.factor min.insync.replicas \
        group.min.session.timeout.ms group.max.session.timeout.ms group.initial.rebalance.delay.ms \
        group.consumer.session.timeout.ms group.consumer.heartbeat.interval.ms \
        group.consumer.min.session.timeout.ms group.consumer.max.session.timeout.ms \
        group.consumer.min.heartbeat.interval.ms group.consumer.max.heartbeat.interval.ms \
        group.share.session.timeout.ms group.share.min.session.timeout.ms \
        group.share.max.session.timeout.ms group.share.heartbeat.interval.ms \
        group.share.min.heartbeat.interval.ms group.share.max.heartbeat.interval.ms \
        group.share.max.size group.share.max.share.sessions group.share.delivery.count.limit \
        group.share.record.lock.duration.ms group.share.min.record.lock.duration.ms \
        group.share.max.record.lock.duration.ms group.share.partition.max.record.locks \
        share.coordinator.state.topic.num.partitions share.coordinator.state.topic.segment.bytes \
        share.coordinator.snapshot.update.records.per.snapshot \
        share.coordinator.state.topic.prune.interval.ms \
        share.coordinator.cold.partition.snapshot.interval.ms \
        group.consumer.max.size group.consumer.regex.refresh.interval.ms \
        group.max.size offsets.retention.minutes offsets.topic.num.partitions \
        offsets.topic.segment.bytes offset.metadata.max.bytes transaction.max.timeout.ms \
        transactional.id.expiration.ms transaction.state.log.num.partitions \
        transaction.state.log.segment.bytes \
        transaction.abort.timed.out.transaction.cleanup.interval.ms \
        transaction.remove.expired.transaction.cleanup.interval.ms producer.id.expiration.ms \
        log.flush.offset.checkpoint.interval.ms log.cleaner.threads log.cleaner.io.buffer.size \
        num.io.threads num.replica.fetchers num.recovery.threads.per.data.dir background.threads \
        log.retention.hours log.retention.minutes log.roll.hours log.roll.jitter.hours \
        log.segment.bytes log.index.size.max.bytes log.index.interval.bytes message.max.bytes \
        compression.gzip.level compression.lz4.level compression.zstd.level weir.long.work.threads \
        weir.max.in.flight.requests.per.connection weir.shutdown.timeout.ms \
        weir.max.decompressed.batch.bytes \
        connection.failed.authentication.delay.ms sasl.server.max.receive.size \
        weir.authentication.timeout.ms weir.max.acls max.connection.creation.rate quota.window.num \
        quota.window.size.seconds controller.quota.window.num controller.quota.window.size.seconds \
        telemetry.max.bytes weir.max.quota.clients weir.max.topics weir.max.partitions weir.max.groups \
        weir.max.transactional.ids weir.max.producer.ids.per.partition \
        listener.name.NAME.max.connections listener.name.NAME.max.connection.creation.rate \
        sasl.oauthbearer.clock.skew.seconds
        """,
        "LONG": """
        sasl.kerberos.min.time.before.relogin \
        listener.name.NAME.plain.connections.max.reauth.ms \
        listener.name.NAME.scram-sha-256.connections.max.reauth.ms \
        listener.name.NAME.scram-sha-512.connections.max.reauth.ms \
        listener.name.NAME.oauthbearer.connections.max.reauth.ms \
        sasl.oauthbearer.jwks.endpoint.refresh.ms sasl.oauthbearer.jwks.endpoint.retry.backoff.ms \
        sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms \
        connections.max.reauth.ms connections.max.idle.ms queued.max.request.bytes offsets.retention.check.interval.ms \
        log.retention.check.interval.ms log.retention.ms log.retention.bytes log.roll.ms \
        log.roll.jitter.ms log.flush.interval.messages log.flush.interval.ms \
        log.flush.scheduler.interval.ms log.message.timestamp.before.max.ms \
        log.message.timestamp.after.max.ms log.message.timestamp.difference.max.ms \
        log.cleaner.backoff.ms log.cleaner.dedupe.buffer.size log.cleaner.delete.retention.ms \
        log.cleaner.min.compaction.lag.ms log.cleaner.max.compaction.lag.ms \
        log.segment.delete.delay.ms weir.queued.max.response.bytes \
        weir.max.unwritten.response.bytes weir.request.receive.timeout.ms \
        weir.request.silence.timeout.ms weir.group.member.max.bytes weir.group.max.bytes \
        weir.groups.max.bytes weir.unflushed.segment.bytes
        """,
        "DOUBLE": """
        log.cleaner.min.cleanable.ratio log.cleaner.io.buffer.load.factor \
        log.cleaner.io.max.bytes.per.second
        """,
        "STRING": """
        listener.security.protocol.map compression.type log.message.timestamp.type \
        weir.batch.validation group.consumer.migration.policy ssl.keystore.type \
        ssl.keystore.location ssl.truststore.type ssl.truststore.location ssl.client.auth \
        ssl.principal.mapping.rules authorizer.class.name super.users \
        max.connections.per.ip.overrides weir.admin.listener.name weir.client.metrics \
        sasl.oauthbearer.jwks.endpoint.url sasl.oauthbearer.expected.issuer \
        sasl.oauthbearer.scope.claim.name sasl.oauthbearer.sub.claim.name
        """,
        "PASSWORD": """
        ssl.keystore.password ssl.key.password ssl.keystore.key ssl.keystore.certificate.chain \
        ssl.truststore.password ssl.truststore.certificates \
        listener.name.NAME.plain.sasl.jaas.config listener.name.NAME.scram-sha-256.sasl.jaas.config \
        listener.name.NAME.scram-sha-512.sasl.jaas.config \
        listener.name.NAME.oauthbearer.sasl.jaas.config
        """,
        "LIST": """
        ssl.enabled.protocols ssl.cipher.suites sasl.enabled.mechanisms group.consumer.assignors listeners advertised.listeners controller.listener.names log.dirs log.dir \
        log.cleanup.policy sasl.oauthbearer.expected.audience \
        org.apache.kafka.sasl.oauthbearer.allowed.urls
        """,
    ]

    private static let topic: [String: String] = [
        "BOOLEAN": """
        preallocate unclean.leader.election.enable message.downconversion.enable \
        remote.storage.enable remote.log.copy.disable remote.log.delete.on.disable
        """,
        "INT": """
        segment.bytes segment.index.bytes index.interval.bytes max.message.bytes \
        min.insync.replicas compression.gzip.level compression.lz4.level compression.zstd.level \
        weir.max.decompressed.batch.bytes
        """,
        "LONG": """
        segment.ms segment.jitter.ms retention.bytes retention.ms flush.messages flush.ms \
        message.timestamp.before.max.ms message.timestamp.after.max.ms \
        message.timestamp.difference.max.ms delete.retention.ms min.compaction.lag.ms \
        max.compaction.lag.ms file.delete.delay.ms local.retention.ms local.retention.bytes
        """,
        "DOUBLE": "min.cleanable.dirty.ratio",
        "STRING": """
        compression.type message.timestamp.type message.format.version weir.batch.validation
        """,
        "LIST": """
        cleanup.policy leader.replication.throttled.replicas follower.replication.throttled.replicas
        """,
    ]

    private static func byName(_ table: [String: String]) -> [String: String] {
        var types: [String: String] = [:]
        for (type, names) in table {
            for name in names.split(separator: " ") { types[String(name)] = type }
        }
        return types
    }

    @Test("have Kafka's types")
    func types() {
        let (ofTopics, ofBroker) = (
            ExplainedSetting.all.filter { $0.part == .topic },
            ExplainedSetting.all.filter { $0.part != .topic }
        )
        for (settings, table) in [(ofTopics, Self.topic), (ofBroker, Self.broker)] {
            let told = Dictionary(
                settings.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
            let expected = Self.byName(table)
            #expect(Set(told.keys) == Set(expected.keys))
            for (name, type) in expected { #expect(told[name] == type, "\(name)") }
        }
    }

    @Test("have defaults of their types")
    func defaults() {
        for setting in ExplainedSetting.all {
            let text = setting.defaultValue
            let isRight =
                switch setting.type {
                case "BOOLEAN": Bool(text) != nil
                case "INT": Int32(text) != nil
                case "LONG": Int64(text) != nil
                case "DOUBLE": Double(text) != nil
                default: true
                }
            #expect(isRight, "\(setting.name)=\(text) is no \(setting.type)")
        }
    }

    @Test("take no INT that Kafka's clients cannot read")
    func integers() {
        let tooLarge = String(Int64(Int32.max) + 1)
        var directory = LogDirectoryConfig()
        var broker = BrokerConfig()
        var log = LogConfig()
        let taken =
            LogDirectoryConfig.keys.filter { $0.write(&directory, tooLarge) }.map(\.name)
            + BrokerConfig.keys.filter { $0.write(&broker, tooLarge) }.map(\.name)
            + LogConfig.keys.filter { $0.write(&log, tooLarge) }.map(\.name)
        #expect(taken.contains("retention.ms") && taken.contains("connections.max.idle.ms"))
        let types = Self.byName(Self.topic).merging(Self.byName(Self.broker)) { first, _ in first }
        for name in taken { #expect(types[name] != "INT", "\(name)") }
        for name in TopicDefaultName.all where name.factor != 1 {
            #expect(name.topicValue(tooLarge) == nil && name.topicValue("2147483647") != nil)
        }
        // No form allows what the type cannot hold.
        for setting in ExplainedSetting.all where setting.type == "INT" {
            #expect(!setting.form.contains(String(Int64.max)), "\(setting.name)")
        }
    }
}
