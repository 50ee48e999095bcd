import CommitLog
import KafkaProtocol

/// A resource whose settings can be described and altered.
enum SettingsTarget: Hashable {
    case topic(String)
    /// This broker.
    case broker
    /// All brokers of the cluster: what Kafka calls the default of the brokers.
    case cluster
    /// A subscription to clients' metrics (KIP-714), which need not be there yet.
    case clientMetrics(String)
    /// A group, which need not be there yet.
    case group(String)

    init(
        _ type: ConfigResourceType, _ name: String, of broker: Broker
    ) throws(Refusal) {
        switch type {
        case .topic:
            do throws(LogError) {
                try TopicName.validate(name)
            } catch {
                throw Refusal(error)
            }
            guard broker.log.topic(name) != nil else { throw .unknownTopic(name) }
            self = .topic(name)
        case .broker where name.isEmpty: self = .cluster
        case .broker:
            guard Int32(name) == broker.nodeID else {
                throw Refusal(
                    .invalidRequest,
                    "The only broker is \(broker.nodeID): name it, or nobody for the whole cluster."
                )
            }
            self = .broker
        case .clientMetrics:
            try MetricsSubscription.validate(name: name)
            self = .clientMetrics(name)
        case .group:
            try GroupSettings.validate(name: name)
            self = .group(name)
        default:
            throw Refusal(
                .invalidRequest, "Resources of type \(type.rawValue) have no settings here.")
        }
    }
}

/// Altering settings, for AlterConfigs and IncrementalAlterConfigs. It runs on the control thread,
/// so that nothing comes between reading the present settings and writing the new ones.
struct SettingsAlteration {
    let broker: Broker
    /// Of whoever alters them.
    let context: RequestContext

    /// The target's own settings.
    func current(_ target: SettingsTarget) -> [String: String] {
        switch target {
        case .topic(let name): broker.log.topic(name)?.overrides ?? [:]
        case .broker: broker.log.dynamicConfig.broker
        case .cluster: broker.log.dynamicConfig.cluster
        case .clientMetrics(let name): broker.telemetry.settings(of: name)
        case .group(let name): broker.groups.settings.own(name)
        }
    }

    /// Gives the target `settings` in place of what it has of its own: a group once `alterEach` is done with all.
    func replace(
        _ target: SettingsTarget, with settings: [String: String], validateOnly: Bool
    ) throws(Refusal) {
        switch target {
        case .topic(let name):
            try InSyncReplicas.validate(
                settings, besides: current(target), broker.config)
            try translated { () throws(LogError) in
                _ = try LogConfig(overrides: settings, defaults: broker.log.defaults)
                if !validateOnly { try broker.log.alterConfig(name, overrides: settings) }
            }
        case .clientMetrics(let name):
            try broker.telemetry.replace(name, with: settings, validateOnly: validateOnly)
        case .group(let name):
            try broker.groups.settings.set(name, settings, validateOnly: validateOnly)
        case .broker, .cluster:
            var config = broker.log.dynamicConfig
            let topicDefaults = config.topicDefaults
            if target == .broker { config.broker = settings } else { config.cluster = settings }
            try requireDynamic(settings)
            config.topicDefaults = DynamicBrokerKey.topicDefaults(
                broker: config.broker, cluster: config.cluster)
            config.directory = DynamicBrokerKey.directory(
                broker: config.broker, cluster: config.cluster)
            try InSyncReplicas.validate(
                config.topicDefaults, besides: topicDefaults, broker.config)
            let altered = config
            try translated { () throws(LogError) in
                // Each is checked by itself first: a setting of the other scope may hide it.
                for (key, value) in settings { try DynamicBrokerKey.validate(key, value) }
                if !validateOnly { try broker.log.alterDynamicConfig(altered) }
            }
        }
    }

    private func requireDynamic(_ settings: [String: String]) throws(Refusal) {
        let refused = settings.keys.filter { !DynamicBrokerKey.contains($0) }.sorted()
        guard !refused.isEmpty else { return }
        throw Refusal(
            .invalidRequest,
            "These settings cannot be altered while the broker runs: "
                + refused.joined(separator: ", ") + ".")
    }

    private func translated(_ body: () throws(LogError) -> Void) throws(Refusal) {
        do throws(LogError) {
            try body()
        } catch {
            throw Refusal(error)
        }
    }

    /// Runs `alter` for each resource that the request names once, and says of each what came of
    /// it.
    func alterEach<Resource>(
        _ resources: [Resource], target: (Resource) -> (ConfigResourceType, String),
        _ alter: (SettingsTarget, Resource) throws(Refusal) -> Void
    ) -> [Refusal?] {
        let names = resources.map { resource in
            let (type, name) = target(resource)
            return "\(type.rawValue) \(name)"
        }
        let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
        let refusals = zip(resources, names).map { resource, name -> Refusal? in
            do throws(Refusal) {
                guard counts[name] == 1 else {
                    throw Refusal(.invalidRequest, "Each resource may be named once.")
                }
                let (type, name) = target(resource)
                try context.requireSettings(of: type, name)
                try alter(SettingsTarget(type, name, of: broker), resource)
                return nil
            } catch {
                return error
            }
        }
        do throws(Refusal) {
            try broker.groups.settings.commit()
            return refusals
        } catch {
            return zip(resources, refusals).map { resource, refusal in
                refusal ?? (target(resource).0 == .group ? error : nil)
            }
        }
    }
}
