/// Settings of Kafka's brokers that mean nothing on one node that replicates nothing: taken from a
/// `server.properties` with a warning, so that the file need not be changed.
enum KafkaOnlyKeys {
    static func contains(_ key: String) -> Bool {
        names.contains(key) || prefixes.contains { key.hasPrefix($0) }
    }

    private static let names: Set<String> = [
        "auto.leader.rebalance.enable", "background.threads", "broker.rack",
        "controlled.shutdown.enable", "inter.broker.listener.name",
        "inter.broker.protocol.version", "early.start.listeners",
        "log.message.format.version", "log.message.downconversion.enable",
        "max.incremental.fetch.session.cache.slots", "metadata.log.dir", "num.io.threads",
        "num.recovery.threads.per.data.dir", "num.replica.fetchers",
        "num.replica.alter.log.dirs.threads", "offsets.load.buffer.size",
        "offsets.commit.timeout.ms", "offsets.commit.required.acks",
        "offsets.topic.compression.codec", "offsets.topic.replication.factor", "process.roles",
        "queued.max.requests", "request.timeout.ms", "reserved.broker.max.id",
        "transaction.state.log.load.buffer.size", "transaction.state.log.min.isr",
        "transaction.state.log.replication.factor",
        "log.flush.start.offset.checkpoint.interval.ms", "security.inter.broker.protocol",
        "sasl.mechanism.inter.broker.protocol", "sasl.mechanism.controller.protocol",
        "sasl.server.callback.handler.class", "sasl.client.callback.handler.class",
        "security.providers", "principal.builder.class", "ssl.protocol", "ssl.provider",
        "ssl.keymanager.algorithm", "ssl.trustmanager.algorithm", "ssl.engine.factory.class",
        "ssl.secure.random.implementation", "ssl.endpoint.identification.algorithm",
        "ssl.allow.dn.changes", "ssl.allow.san.changes", "client.quota.callback.class",
        "replication.quota.window.num", "replication.quota.window.size.seconds",
        "alter.log.dirs.replication.quota.window.num",
        "alter.log.dirs.replication.quota.window.size.seconds", "quota.producer.default",
        "quota.consumer.default",
    ]

    private static let prefixes = [
        "zookeeper.", "controller.", "replica.", "metadata.", "leader.", "metric",
        "log.cleaner.", "confluent.", "broker.heartbeat.", "broker.session.", "share.",
        "group.coordinator.", "group.consumer.", "group.share.", "remote.log.", "sasl.kerberos.",
        "sasl.login.", "sasl.oauthbearer.assertion.", "sasl.oauthbearer.client.",
        "sasl.oauthbearer.header.", "sasl.oauthbearer.jwt.", "sasl.oauthbearer.scope",
        "sasl.oauthbearer.token.",
        "delegation.token.", "password.encoder.",
    ]
}
