// Metadata, versions 0–13, by id from 12 on. A topic that is created because somebody asked for it is
// in the answer to that very request, where Kafka first says LEADER_NOT_AVAILABLE. Of topics that are
// asked for by id and others that are asked for by name all are answered; Kafka answers the first only.
// The rack is null. This node leads every partition.

import CommitLog
import KafkaProtocol
import RecordFormat

struct MetadataHandler: RequestHandler {
    private let broker: Broker

    init(_ broker: Broker) { self.broker = broker }

    func handle(
        _ request: MetadataRequest, _ context: RequestContext, _ reply: Reply<MetadataResponse>
    ) {
        guard context.version >= Self.firstVersionByID || !request.asksByID else {
            return reply(invalid(request))
        }
        let wanted = wanted(request, context)
        guard takesLong(wanted) else { return answer(wanted, request, context, reply) }
        reply.work(on: broker.longWork) { answer(wanted, request, context, reply) }
    }

    /// Requests of versions 10 and 11 have a place for ids, but Kafka refuses them there.
    private static let firstVersionByID: Int16 = 12

    /// A topic by the one of the two by which it is asked for.
    private enum WantedTopic: Hashable {
        case name(String)
        case id(TopicID)
    }

    /// Topics and partitions that are described on an event loop at most.
    private static let mostTopicsOnLoop = 20
    private static let mostPartitionsOnLoop = 500

    private func takesLong(_ wanted: [WantedTopic]?) -> Bool {
        guard let wanted, wanted.count <= Self.mostTopicsOnLoop else { return true }
        let count = wanted.reduce(0) { count, topic in
            count + (name(of: topic).flatMap { broker.log.partitions(of: $0) }?.count ?? 0)
        }
        return count > Self.mostPartitionsOnLoop
    }

    private func name(of topic: WantedTopic) -> String? {
        switch topic {
        case .name(let name): name
        case .id(let id): broker.log.topicName(of: id)
        }
    }

    private func answer(
        _ wanted: [WantedTopic]?, _ request: MetadataRequest, _ context: RequestContext,
        _ reply: Reply<MetadataResponse>
    ) {
        guard let wanted else {
            let all = broker.log.topics.map(\.name)
                .filter { context.allows(.topic, $0, logs: false) }.compactMap { described($0) }
            return reply(response(topics: all, request, context))
        }
        var topics = wanted.map { told($0, context) }
        let creatable =
            request.allowAutoTopicCreation && broker.config.autoCreateTopicsEnable
            ? creatable(&topics, context) : []
        guard !creatable.isEmpty else {
            return reply(response(topics: topics, request, context))
        }
        // Creating a topic makes directories durable, for which an event loop does not wait.
        broker.control.answer(reply) { [topics] _ in
            // The answer where too many requests wait: nothing is created, and the client asks
            // again.
            response(topics: topics, request, context)
        } with: { [topics] in
            let refusals = create(creatable.sorted(), context)
            let all = topics.map { topic in
                guard let name = topic.name, creatable.contains(name) else { return topic }
                var missing = topic
                if let refusal = refusals[name] { missing.errorCode = refusal.code }
                return described(name) ?? missing
            }
            return response(topics: all, request, context)
        }
    }

    /// The names among `topics` that are to be created. Those that the client may not create are marked.
    private func creatable(
        _ topics: inout [MetadataResponse.Topic], _ context: RequestContext
    ) -> Set<String> {
        var names: Set<String> = []
        for index in topics.indices where topics[index].errorCode == .unknownTopicOrPartition {
            guard let name = topics[index].name, !InternalTopic.contains(name),
                name != ClusterMetadataTopic.name
            else { continue }
            if context.allowsCluster(logs: false) || context.allows(.create, .topic, name) {
                names.insert(name)
            } else {
                topics[index].errorCode = .topicAuthorizationFailed
            }
        }
        return names
    }

    /// Nil for all topics, which version 0 asks for with an empty list. A topic that is named twice
    /// is described once, as in Kafka; otherwise a client could make the answer as large as it
    /// likes.
    private func wanted(
        _ request: MetadataRequest, _ context: RequestContext
    ) -> [WantedTopic]? {
        guard let topics = request.topics, context.version > 0 || !topics.isEmpty else {
            return nil
        }
        var known: Set<WantedTopic> = []
        return topics.map { $0.topicID == .none ? .name($0.name ?? "") : .id($0.topicID) }
            .filter { known.insert($0).inserted }
    }

    private func invalid(_ request: MetadataRequest) -> MetadataResponse {
        var response = MetadataResponse()
        response.topics = (request.topics ?? []).map { asked in
            var topic = MetadataResponse.Topic()
            topic.name = asked.name ?? ""
            topic.topicID = asked.topicID
            topic.errorCode = .invalidRequest
            return topic
        }
        return response
    }

    private func response(
        topics: [MetadataResponse.Topic], _ request: MetadataRequest, _ context: RequestContext
    ) -> MetadataResponse {
        var response = MetadataResponse()
        var node = MetadataResponse.Broker()
        node.nodeID = broker.nodeID
        node.host = context.advertised.host
        node.port = Int32(context.advertised.port)
        response.brokers = [node]
        response.clusterID = broker.log.clusterID
        response.controllerID = broker.nodeID
        response.topics = topics
        if request.includeClusterAuthorizedOperations {
            response.clusterAuthorizedOperations = context.authorizedClusterOperations
        }
        if request.includeTopicAuthorizedOperations {
            for index in response.topics.indices
            where response.topics[index].errorCode == .none {
                response.topics[index].topicAuthorizedOperations = context.authorizedOperations(
                    on: .topic, response.topics[index].name ?? "")
            }
        }
        return response
    }

    /// What the client may know of a topic. Without being allowed to describe it, it does not learn whether there is
    /// such a topic; ids are no secret.
    private func told(
        _ wanted: WantedTopic, _ context: RequestContext
    ) -> MetadataResponse.Topic {
        if let name = name(of: wanted), !context.allows(.topic, name) {
            var topic = missing(wanted)
            topic.errorCode = .topicAuthorizationFailed
            return topic
        }
        return described(wanted) ?? missing(wanted)
    }

    /// Nil where there is no such topic.
    private func described(_ wanted: WantedTopic) -> MetadataResponse.Topic? {
        guard let topic = name(of: wanted).flatMap({ described($0) }) else { return nil }
        // Meanwhile there may be another topic of this name.
        if case .id(let id) = wanted, topic.topicID != id { return nil }
        return topic
    }

    private func described(_ name: String) -> MetadataResponse.Topic? {
        guard let logs = broker.log.partitions(of: name) else { return nil }
        var topic = MetadataResponse.Topic()
        topic.name = name
        topic.topicID = logs.first?.topicID ?? .none
        topic.isInternal = InternalTopic.contains(name)
        let node = [broker.nodeID]
        topic.partitions = logs.map { log in
            var partition = MetadataResponse.Partition()
            partition.partitionIndex = log.topicPartition.partition
            partition.leaderID = broker.nodeID
            partition.leaderEpoch = log.leaderEpoch
            partition.replicaNodes = node
            partition.isrNodes = node
            return partition
        }
        return topic
    }

    private func missing(_ wanted: WantedTopic) -> MetadataResponse.Topic {
        var topic = MetadataResponse.Topic()
        switch wanted {
        case .id(let id):
            topic.name = nil
            topic.topicID = id
            topic.errorCode = .unknownTopicID
        case .name(let name):
            topic.name = name
            do throws(LogError) {
                try TopicName.validate(name)
                topic.errorCode = .unknownTopicOrPartition
            } catch {
                topic.errorCode = ErrorCode(error)
            }
        }
        return topic
    }

    /// Creates topics as the broker's settings say; returns why some were not.
    private func create(_ names: [String], _ context: RequestContext) -> [String: Refusal] {
        let creation = TopicCreation(log: broker.log, config: broker.config)
        let plans = creation.plans(
            names.map { name in
                var topic = CreateTopicsRequest.Topic()
                topic.name = name
                topic.numPartitions = -1
                topic.replicationFactor = -1
                return topic
            })
        // As in Kafka, they are created whatever the client's quota of mutations is, and the client waits.
        let results = creation.create(
            plans.map { $0.charged(to: context.charge, isStrict: false) })
        var refusals: [String: Refusal] = [:]
        for (name, result) in zip(names, results) {
            if case .failure(let refusal) = result { refusals[name] = refusal }
        }
        return refusals
    }
}

extension MetadataRequest {
    /// Whether a topic has no name, or an id.
    fileprivate var asksByID: Bool {
        topics?.contains { $0.name == nil || $0.topicID != .none } ?? false
    }
}
