extension SettingText {
    static let ofSharing: [String: SettingText] = [
        "group.share.session.timeout.ms": SettingText(
            .int, "How long a member of a share group may be silent before it counts as gone."),
        "group.share.min.session.timeout.ms": SettingText(
            .int, "The shortest share.session.timeout.ms that a group may set for itself."),
        "group.share.max.session.timeout.ms": SettingText(
            .int, "The longest share.session.timeout.ms that a group may set for itself."),
        "group.share.heartbeat.interval.ms": SettingText(
            .int, "How often a member of a share group is told to send heartbeats."),
        "group.share.min.heartbeat.interval.ms": SettingText(
            .int, "The shortest share.heartbeat.interval.ms that a group may set for itself."),
        "group.share.max.heartbeat.interval.ms": SettingText(
            .int, "The longest share.heartbeat.interval.ms that a group may set for itself."),
        "group.share.max.size": SettingText(.int, "The most members of a share group."),
        "group.share.max.share.sessions": SettingText(
            .int, "The most sessions of members of share groups that fetch."),
        "group.share.delivery.count.limit": SettingText(
            .int, "How often a share group is delivered a record before it counts as done."),
        "group.share.record.lock.duration.ms": SettingText(
            .int, "How long a member of a share group has a record before others may get it."),
        "group.share.min.record.lock.duration.ms": SettingText(
            .int, "The shortest share.record.lock.duration.ms that a group may set for itself."),
        "group.share.max.record.lock.duration.ms": SettingText(
            .int, "The longest share.record.lock.duration.ms that a group may set for itself."),
        "group.share.partition.max.record.locks": SettingText(
            .int, "The most records of a partition that a share group's members have at a time."),
        "share.coordinator.state.topic.num.partitions": SettingText(
            .int, "The partitions of __share_group_state, when it is created."),
        "share.coordinator.state.topic.segment.bytes": SettingText(
            .int, "The size of a segment of __share_group_state, when it is created."),
        "share.coordinator.snapshot.update.records.per.snapshot": SettingText(
            .int,
            "After so many records about what has changed, one about all of a share partition follows."
        ),
        "share.coordinator.state.topic.prune.interval.ms": SettingText(
            .int, "How often records of __share_group_state go that are not needed any more."),
        "share.coordinator.cold.partition.snapshot.interval.ms": SettingText(
            .int,
            "How old the last record about a share partition is when all of it may be written anew, so that "
                + "records before it can go."),
    ]
}
