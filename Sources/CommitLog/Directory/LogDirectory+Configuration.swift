/// Settings that are altered while the directory is open: those of topics, and what topics have
/// that set nothing themselves. An alteration is durable before it takes effect.
extension LogDirectory {
    /// What topics have where they set nothing themselves.
    public var defaults: LogConfig { dynamicSettings.withLock { $0.defaults } }

    /// What was altered for the whole broker.
    public var dynamicConfig: DynamicConfig { dynamicSettings.withLock { $0.config } }

    /// Gives a topic these overrides in place of those it had. Running partitions go by them at
    /// once, but the active segment keeps its jitter. Throws as
    /// `LogConfig.init(overrides:defaults:)` does.
    public func alterConfig(
        _ name: String, overrides: [String: String]
    ) throws(LogError) {
        try administration.withLock { (_) throws(LogError) in
            let topic = try openTopic(name)
            let config = try LogConfig(overrides: overrides, defaults: defaults)
            let entry = TopicCheckpoint.Entry(
                id: topic.id, partitionCount: topic.partitions.count, overrides: overrides)
            try writeTopics(changing: [name: entry])
            registry.withLock { $0.topics[name]?.overrides = overrides }
            apply(config, to: topic)
            flusher.wake()
        }
    }

    /// Replaces what was altered for the whole broker. Topics that set nothing themselves follow at
    /// once.
    public func alterDynamicConfig(_ config: DynamicConfig) throws(LogError) {
        try administration.withLock { (_) throws(LogError) in
            try requireOpen()
            let settings = try DynamicSettings(config, over: staticDefaults, staticConfig)
            let topics = registry.withLock { Array($0.topics.values) }
            var configs: [LogConfig] = []
            for topic in topics {
                configs.append(
                    try LogConfig(overrides: topic.overrides, defaults: settings.defaults))
            }
            try DynamicConfigCheckpoint.write(config, in: path)
            dynamicSettings.withLock { $0 = settings }
            for (topic, config) in zip(topics, configs) { apply(config, to: topic) }
            flusher.wake()
            apply(settings.directory)
        }
    }

    private func apply(_ config: LogDirectoryConfig) {
        cleaner.configure(config)
        let dueMs = clock.nowMs().addingReportingOverflow(config.cleanerBackoffMs)
        checkpoints.withLock { checkpoints in
            if !dueMs.overflow {
                checkpoints.cleaningDueMs = min(checkpoints.cleaningDueMs, dueMs.partialValue)
            }
        }
        cleaningThread.wake()
    }

    private func apply(_ config: LogConfig, to topic: Topic) {
        topic.config.set(config)
        let nowMs = clock.nowMs()
        for partition in topic.partitions { partition.didAlterConfig(nowMs: nowMs) }
    }
}
