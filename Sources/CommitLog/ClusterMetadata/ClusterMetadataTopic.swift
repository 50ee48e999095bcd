/// `__cluster_metadata`: the log in which a KRaft node of Kafka's keeps topics and settings.
///
/// Its directory stands among those of the topics. It is nobody's topic: it is not listed, read,
/// written or deleted, and none of its name can be created.
package enum ClusterMetadataTopic {
    package static let name = "__cluster_metadata"
    static let directoryName = "\(name)-0"
}
