import KafkaClient

/// Refuses what a target cannot do.
extension ProfileReader {
    mutating func validateTarget() {
        let name = "target: \(profile.target.rawValue)"
        let isOnNetwork = profile.target.isOnNetwork
        if profile.target == .kafka {
            if isGiven("data.dir") {
                report(
                    "\(name) keeps its log in the cluster; remove data.dir, or use target: embedded or "
                        + "broker", at: "data.dir")
            }
            if profile.client["bootstrap.servers"] == nil {
                report(
                    "\(name) needs the address of a broker; set client.bootstrap.servers, or give "
                        + "--bootstrap-server host:port", at: "target")
            }
        }
        if profile.target == .broker, profile.client["bootstrap.servers"] != nil {
            report(
                "\(name) starts a broker of its own; remove client.bootstrap.servers, or use "
                    + "target: kafka", at: "client.bootstrap.servers")
        }
        if profile.topics.existing {
            validateExistingTopics(isOnNetwork, name)
        }
        for key in Profile.clusterTopicKeys.map(\.name) where isGiven(key) && !isOnNetwork {
            report(
                "\(name) has no such setting; use target: kafka or broker, or remove it", at: key)
        }
        for (index, group) in profile.consumers.enumerated()
        where group.hasMembership && !isOnNetwork {
            report(
                "\(name) has no coordinator; use target: kafka or broker, or remove group.protocol",
                at: "consumers.\(index).group.protocol")
        }
        for (index, group) in profile.consumers.enumerated() {
            guard let topics = group.topics else { continue }
            let place = "consumers.\(index).subscribe"
            if !isOnNetwork {
                report("\(name) has no topics of others; use target: kafka or broker", at: place)
            }
            if let own = profile.producedTopics.flatMap(\.names).first(where: topics.contains) {
                report(
                    "'\(own)' is the profile's own topic; a group reads either those, without subscribe, or "
                        + "others", at: place)
            }
        }
        guard isOnNetwork else { return }
        validateClient()
    }

    private mutating func validateExistingTopics(_ isOnNetwork: Bool, _ target: String) {
        if !isOnNetwork {
            report(
                "\(target) continues a kept log by data.dir; remove topics.existing, or use target: kafka",
                at: "topics.existing")
        }
        if profile.topics.replicationFactor != nil {
            report(
                "topics that exist keep their replicas; remove topics.replication.factor, or "
                    + "topics.existing", at: "topics.replication.factor")
        }
    }

    private mutating func validateClient() {
        let settings = KafkaSettings(
            profile, servers: profile.target == .broker ? "127.0.0.1:9092" : nil)
        guard !settings.servers.isEmpty else { return }
        do throws(ClientSettingsError) {
            _ = try settings.administration()
            _ = try settings.producer(profile.producers)
            for group in profile.consumers { _ = try settings.consumer(group) }
        } catch {
            report("\(error)", at: "client")
        }
    }
}
