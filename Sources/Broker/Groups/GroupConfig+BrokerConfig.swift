extension GroupConfig {
    /// The broker's settings that concern groups.
    init(_ broker: BrokerConfig) {
        minSessionTimeoutMs = Int32(clamping: broker.groupMinSessionTimeoutMs)
        maxSessionTimeoutMs = Int32(clamping: broker.groupMaxSessionTimeoutMs)
        consumerSessionTimeoutMs = broker.groupConsumerSessionTimeoutMs
        consumerHeartbeatIntervalMs = Int32(clamping: broker.groupConsumerHeartbeatIntervalMs)
        consumerMaxSize = Int(broker.groupConsumerMaxSize)
        consumerAssignors = broker.groupConsumerAssignors
        migrationPolicy = broker.groupConsumerMigrationPolicy
        consumerRegexRefreshIntervalMs = broker.groupConsumerRegexRefreshIntervalMs
        shareSessionTimeoutMs = broker.share.sessionTimeoutMs
        shareHeartbeatIntervalMs = Int32(clamping: broker.share.heartbeatIntervalMs)
        shareMaxSize = Int(broker.share.maxSize)
        initialRebalanceDelayMs = Int32(clamping: broker.groupInitialRebalanceDelayMs)
        maxSize = Int(broker.groupMaxSize)
        maxGroups = Int(broker.maxGroups)
        memberMaxBytes = Int(broker.groupMemberMaxBytes)
        groupMaxBytes = Int(broker.groupMaxBytes)
        groupsMaxBytes = Int(broker.groupsMaxBytes)
        offsetsRetentionMs = broker.offsetsRetentionMinutes * 60_000
        offsetsRetentionCheckIntervalMs = broker.offsetsRetentionCheckIntervalMs
        offsetMetadataMaxBytes = Int(broker.offsetMetadataMaxBytes)
        offsetsTopicPartitionCount = Int32(clamping: broker.offsetsTopicNumPartitions)
        offsetsTopicSegmentBytes = broker.offsetsTopicSegmentBytes
    }
}

extension GroupCoordinator {
    /// The settings for a group that may have some of its own.
    func config(for group: String) -> GroupConfig {
        let values = settings.values(of: group)
        guard values != settings.standard else { return config }
        var config = config
        config.consumerSessionTimeoutMs = values.consumerSessionTimeoutMs
        config.consumerHeartbeatIntervalMs = Int32(clamping: values.consumerHeartbeatIntervalMs)
        config.shareSessionTimeoutMs = values.shareSessionTimeoutMs
        config.shareHeartbeatIntervalMs = Int32(clamping: values.shareHeartbeatIntervalMs)
        return config
    }
}
