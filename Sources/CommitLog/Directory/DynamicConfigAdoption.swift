/// Settings of brokers in a KRaft node's metadata log become the directory's dynamic configuration,
/// where it has none of its own yet.
struct DynamicConfigAdoption {
    let path: String
    /// Says what settings of brokers mean; nil where nobody asks, and they are left for whoever
    /// does.
    let interpret: BrokerSettingsInterpreter?
    private(set) var complaints: [String] = []

    init(path: String, interpret: BrokerSettingsInterpreter?) {
        self.path = path
        self.interpret = interpret
    }

    /// `stored` is what the directory has, nil where its file is damaged; what it leaves out is as
    /// `defaults` and `directory` say.
    mutating func settings(
        over stored: DynamicConfig?, from source: inout ClusterMetadataSource, defaults: LogConfig,
        directory: LogDirectoryConfig
    ) throws(LogError) -> DynamicSettings {
        let own = try DynamicSettings(stored ?? DynamicConfig(), over: defaults, directory)
        guard let interpret, own.config == DynamicConfig() else { return own }
        let isFirst = try fileStatus("\(path)/\(DynamicConfigCheckpoint.fileName)") == nil
        guard source.isNew || (isFirst && source.hasLog) else { return own }
        // `TopicAdoption` complains of a log that cannot be read.
        guard let metadata = try? source.metadata() else { return own }
        let nodeID = try MetaProperties.nodeID(in: path) ?? ""
        let broker = nodeID.isEmpty ? [:] : metadata.settings(of: .broker(nodeID))
        let cluster = metadata.settings(of: .cluster)
        let (config, refused) = interpret(broker, cluster)
        complaints += refused
        let adopted = try DynamicSettings(config, over: defaults, directory)
        try DynamicConfigCheckpoint.write(config, in: path)
        return adopted
    }
}

/// Makes a configuration of Kafka's settings of this broker and of all brokers. What it returns
/// must be allowed; the second part has a sentence for each setting that is left out.
public typealias BrokerSettingsInterpreter =
    @Sendable (
        _ broker: [String: String], _ cluster: [String: String]
    ) -> (DynamicConfig, complaints: [String])
