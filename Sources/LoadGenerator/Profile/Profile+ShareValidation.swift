/// Refuses what has no meaning in a share group, and what has none elsewhere.
extension ProfileReader {
    mutating func validateShareGroups() {
        let defaults = ConsumerGroupSettings()
        for (index, group) in profile.consumers.enumerated() {
            let place = "consumers.\(index).config"
            // A setting that does not apply may have its default, as in a resolved profile.
            guard group.isShared else {
                if group.maxPollRecords != defaults.maxPollRecords {
                    report(
                        "only a share group is given a number of records; remove max.poll.records, or set "
                            + "group.protocol: share", at: "\(place).max.poll.records")
                }
                continue
            }
            if group.maxPartitionFetchBytes != defaults.maxPartitionFetchBytes {
                report(
                    "a share group is given a number of records, not of bytes; set max.poll.records in place of "
                        + "max.partition.fetch.bytes", at: "\(place).max.partition.fetch.bytes")
            }
            if group.autoCommitInterval != defaults.autoCommitInterval {
                report(
                    "a share group acknowledges what it has read with each fetch, and commits nothing; remove "
                        + "auto.commit.interval.ms", at: "\(place).auto.commit.interval.ms")
            }
        }
        let isolation = "client.isolation.level"
        if isGiven(isolation), !profile.consumers.isEmpty,
            profile.consumers.allSatisfy(\.isShared)
        {
            report(
                "the brokers decide what a share group may read; remove isolation.level, and set "
                    + "share.isolation.level of the group there", at: isolation)
        }
        if isGiven("client.share.acquire.mode"), !profile.consumers.contains(where: \.isShared) {
            report(
                "only a share group has it; remove share.acquire.mode, or set group.protocol: share",
                at: "client.share.acquire.mode")
        }
    }
}
