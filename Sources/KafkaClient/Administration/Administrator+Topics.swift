import KafkaProtocol

extension Administrator {
    /// Creates a topic, and waits until each of its partitions has a leader. Throws
    /// `TOPIC_ALREADY_EXISTS` where there is one of this name.
    @discardableResult
    public func create(_ topic: NewTopic) async throws -> TopicMetadata {
        var wanted = CreateTopicsRequest.Topic()
        wanted.name = topic.name
        // Minus one asks for the broker's default from version 4 on (KIP-464), which Kafka has since 2.4.
        wanted.numPartitions = topic.partitionCount ?? -1
        wanted.replicationFactor = topic.replicationFactor ?? -1
        wanted.configs = topic.configs.sorted { $0.key < $1.key }.map { name, value in
            var config = CreateTopicsRequest.Config()
            config.name = name
            config.value = value
            return config
        }
        var request = CreateTopicsRequest()
        request.topics = [wanted]
        request.timeoutMs = requestTimeoutMs
        let operation = "create the topic \(topic.name)"
        let create = request
        var wasInDoubt = false
        var loop = RetryLoop(cluster.settings.metadata)
        while true {
            do {
                let response = try await askController(create)
                let answer = response.topics.first { $0.name == topic.name }
                let code = answer?.errorCode ?? .unknownServerError
                // An attempt whose answer was lost has created it.
                if code == .topicAlreadyExists, wasInDoubt { break }
                try await check(code, operation, message: answer?.errorMessage)
                break
            } catch {
                wasInDoubt = wasInDoubt || Self.leavesDoubt(error)
                guard
                    let wait = loop.wait(after: error, now: .now(), jitter: .random(in: 0...1))
                else { throw error }
                try await Task.sleep(nanoseconds: UInt64(wait.nanoseconds))
            }
        }
        return try await readyTopic(topic.name)
    }

    private static func leavesDoubt(_ error: any Error) -> Bool {
        switch error {
        case let error as ConnectionError: error.leavesDoubt
        case let error as AdministrationError: error.code == .requestTimedOut
        default: false
        }
    }

    /// The topic as it is, once each of its partitions has a leader.
    public func readyTopic(_ name: String) async throws -> TopicMetadata {
        try await cluster.onLoop { $0.refreshMetadata() }
        guard let topic = try await cluster.topics([name]).get()[name] else {
            throw AdministrationError("describe the topic \(name)", .unknownTopicOrPartition)
        }
        return topic
    }

    /// The names of all topics, with whether each belongs to Kafka itself.
    public func topicNames() async throws -> [(name: String, isInternal: Bool)] {
        try await retrying {
            var request = MetadataRequest()
            request.topics = nil
            request.allowAutoTopicCreation = false
            return try await askAny(request).topics.filter { $0.errorCode == .none }
                .compactMap { topic in topic.name.map { ($0, topic.isInternal) } }
                .sorted { $0.0 < $1.0 }
        }
    }

    /// Deletes a topic, and forgets it. Throws `UNKNOWN_TOPIC_OR_PARTITION` where there is none.
    public func deleteTopic(_ name: String) async throws {
        let operation = "delete the topic \(name)"
        let wasThere = try await retrying {
            var request = DeleteTopicsRequest()
            var topic = DeleteTopicsRequest.Topic()
            topic.name = name
            request.topics = [topic]
            request.topicNames = [name]
            request.timeoutMs = requestTimeoutMs
            let answer = try await askController(request).responses.first { $0.name == name }
            let code = answer?.errorCode ?? .unknownServerError
            // In general this passes, but what is not there cannot be deleted later either.
            if code == .unknownTopicOrPartition { return false }
            try await check(code, operation, message: answer?.errorMessage)
            return true
        }
        try await cluster.onLoop { $0.forget(topic: name) }
        guard wasThere else { throw AdministrationError(operation, .unknownTopicOrPartition) }
    }
}
