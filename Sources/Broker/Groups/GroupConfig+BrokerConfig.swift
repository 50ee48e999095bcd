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
