import RecordFormat

/// What the metadata log of a KRaft node says of topics and settings, record by record.
struct ClusterMetadata: Sendable, Equatable {
    struct Topic: Sendable, Equatable {
        var name: String
        var id: TopicID
        /// Each has a record of its own, so there are no more than the log has bytes.
        var partitions: Set<Int32> = []

        /// As many as there are from 0 on without a gap.
        var partitionCount: Int {
            var count = 0
            while partitions.contains(Int32(count)) { count += 1 }
            return count
        }
    }

    private var topics: [TopicID: Topic] = [:]
    private var ids: [String: TopicID] = [:]
    private var settings: [ConfigResource: [String: String]] = [:]
    /// The first producer id that Kafka has given nobody.
    private(set) var nextProducerID: Int64 = 0
    /// The users of SCRAM, one entry a user and mechanism.
    private(set) var scramCredentials: [ScramCheckpoint.Entry] = []
    private var aclsByID: [TopicID: AclCheckpoint.Entry] = [:]
    /// One entry a key of each entity.
    private(set) var clientQuotas: [ClientQuotaCheckpoint.Entry] = []
    /// The records of a transaction whose end has not come yet.
    private var transaction: [MetadataRecord]?

    func topic(_ name: String) -> Topic? { ids[name].flatMap { topics[$0] } }

    func settings(of resource: ConfigResource) -> [String: String] { settings[resource] ?? [:] }

    var acls: [AclCheckpoint.Entry] { Array(aclsByID.values) }

    /// The names of the topics, sorted.
    var topicNames: [String] { ids.keys.sorted() }

    mutating func apply(_ record: MetadataRecord) {
        switch record {
        case .beginTransaction: transaction = []
        case .abortTransaction: transaction = nil
        case .endTransaction:
            let records = transaction ?? []
            transaction = nil
            for record in records { change(by: record) }
        default:
            if transaction == nil {
                change(by: record)
            } else {
                transaction?.append(record)
            }
        }
    }

    private mutating func change(by record: MetadataRecord) {
        switch record {
        case .topic(let name, let id):
            topics[id] = Topic(name: name, id: id)
            ids[name] = id
        case .partition(let index, let id):
            topics[id]?.partitions.insert(index)
        case .config(let resource, let name, let value):
            settings[resource, default: [:]][name] = value
        case .removeTopic(let id):
            guard let topic = topics.removeValue(forKey: id) else { return }
            if ids[topic.name] == id { ids[topic.name] = nil }
            settings[.topic(topic.name)] = nil
        case .producerIDs(let next):
            nextProducerID = max(nextProducerID, next)
        case .scramCredential(let entry):
            scramCredentials.removeAll { $0.user == entry.user && $0.mechanism == entry.mechanism }
            scramCredentials.append(entry)
        case .removeScramCredential(let user, let mechanism):
            scramCredentials.removeAll { $0.user == user && $0.mechanism == mechanism }
        case .acl(let entry, let id): aclsByID[id] = entry
        case .removeAcl(let id): aclsByID[id] = nil
        case .clientQuota(let entry, let isRemoved):
            clientQuotas.removeAll { $0.isSame(as: entry) }
            if !isRemoved { clientQuotas.append(entry) }
        case .beginTransaction, .endTransaction, .abortTransaction: break
        }
    }
}
