import KafkaProtocol
import RecordFormat

// Which requests are sent.
extension FetchState {
    /// The leader of each partition, as new metadata says; partitions without one are absent.
    ///
    /// - Parameters:
    ///   - brokers: all that the cluster has. Of others nothing is remembered once they are not asked any
    ///     more.
    ///   - topicIDs: by topic, as far as they are known. A topic with another id than before was deleted
    ///     and created anew: its partitions begin again.
    mutating func leads(
        _ leaders: [TopicPartition: PartitionLeader], among brokers: Set<Int32>,
        topicIDs: [String: TopicID] = [:]
    ) {
        self.brokers = brokers
        forgetOtherBrokers()
        for (one, leader) in leaders {
            let id = topicIDs[one.topic] ?? TopicID.none
            if id != .none, let known = partitions[one]?.topicID, known != id {
                if known != .none { begin(anew: one) }
                partitions[one]?.topicID = id
                due.touch(one)
            }
            guard var partition = partitions[one], partition.leader != leader else { continue }
            // Brokers learn of an election one after the other.
            let isOlder = partition.leader.map { leader.epoch < $0.epoch } ?? false
            if isOlder, leader.epoch != .none { continue }
            if partition.phase == .fetching, partition.positionEpoch > .none,
                leader.epoch > partition.positionEpoch
            {
                partition.phase = .validating
            }
            partition.leader = leader
            partition.readReplica = nil
            partitions[one] = partition
            due.touch(one)
        }
    }

    private mutating func forgetOtherBrokers() {
        func isOver(_ broker: Int32) -> Bool {
            !brokers.contains(broker) && fetchCounts[broker, default: 0] == 0
                && !fetchesInFlight.contains(broker)
        }
        for broker in sessions.keys where isOver(broker) { sessions[broker] = nil }
        for broker in fetchCounts.keys where isOver(broker) { fetchCounts[broker] = nil }
        for broker in brokerPauses.keys where isOver(broker) { brokerPauses[broker] = nil }
    }

    /// When the next pause ends; nil where none runs.
    func nextDeadlineMs(after nowMs: Int64) -> Int64? {
        let pauses = brokerPauses.values.lazy.map(\.untilMs).filter { $0 > nowMs }
        return [due.nextMs, pauses.min()].compactMap(\.self).min()
    }

    /// Sends what can be sent. Only partitions are looked at to which something has happened: the
    /// sessions know what is to be asked for of the others.
    mutating func advance(nowMs: Int64) {
        var locations: [Int32: [TopicPartition]] = [:]
        var validations: [Int32: [TopicPartition]] = [:]
        var lacksLeader = false
        for one in due.take(nowMs: nowMs) {
            if awaitsFetch(one, nowMs: nowMs) {
                due.touch(one)
                continue
            }
            guard let partition = partitions[one], !partition.isAsked,
                nowMs >= partition.pausedUntilMs
            else {
                forget(one)
                continue
            }
            guard let broker = partition.broker(nowMs: nowMs) else {
                lacksLeader = true
                setPause(one, nowMs: nowMs)
                forget(one)
                continue
            }
            switch partition.phase {
            case .fetching: want(one, partition, from: broker)
            case .failed: forget(one)
            case .locating, .validating:
                forget(one)
                if let pause = brokerPauses[broker], nowMs < pause.untilMs {
                    due.touch(one, atMs: pause.untilMs)
                } else if case .validating = partition.phase {
                    validations[broker, default: []].append(one)
                } else {
                    locations[broker, default: []].append(one)
                }
            }
        }
        if lacksLeader { act(.refreshMetadata) }
        for (broker, list) in locations.sorted(by: { $0.key < $1.key }) {
            sendListOffsets(to: broker, list)
        }
        for (broker, list) in validations.sorted(by: { $0.key < $1.key }) {
            sendLeaderEpoch(to: broker, list)
        }
        guard queue.byteCount < settings.fetchMaxBytes else { return }
        for broker in fetchCounts.keys.sorted() where mayFetch(from: broker, nowMs: nowMs) {
            sendFetch(to: broker)
        }
    }

    /// Whether the partition is to be asked for elsewhere, or is to be validated, and the answer to
    /// its fetch is not there yet.
    private func awaitsFetch(_ one: TopicPartition, nowMs: Int64) -> Bool {
        guard let broker = fetchedFrom[one], fetchesInFlight.contains(broker) else { return false }
        let partition = partitions[one]
        return partition?.broker(nowMs: nowMs) != broker || partition?.phase == .validating
    }

    private func mayFetch(from broker: Int32, nowMs: Int64) -> Bool {
        if let pause = brokerPauses[broker], nowMs < pause.untilMs { return false }
        return fetchCounts[broker, default: 0] > 0 && !fetchesInFlight.contains(broker)
    }

    private mutating func want(
        _ one: TopicPartition, _ partition: FetchPartition, from broker: Int32
    ) {
        guard !partition.isPaused, queue.byteCount(of: one) < settings.maxPartitionFetchBytes else {
            return forget(one)
        }
        if fetchedFrom[one] != broker {
            forget(one)
            fetchedFrom[one] = broker
            fetchCounts[broker, default: 0] += 1
        }
        var asked = FetchRequest.Partition()
        asked.partition = one.partition
        asked.currentLeaderEpoch = partition.leader?.epoch ?? .none
        asked.fetchOffset = partition.position
        asked.partitionMaxBytes = Int32(clamping: settings.maxPartitionFetchBytes)
        sessions[broker, default: FetchSession()].want(
            one,
            FetchSession.Entry(
                asked: asked, incarnation: partition.incarnation, topicID: partition.topicID))
    }

    private mutating func forget(_ one: TopicPartition) {
        guard let broker = fetchedFrom.removeValue(forKey: one) else { return }
        fetchCounts[broker, default: 1] -= 1
        sessions[broker]?.forget(one)
    }

    private mutating func ask(
        _ list: [TopicPartition], of broker: Int32, _ api: ApiKey
    ) -> Int {
        let ticket = newTicket()
        var incarnations: [TopicPartition: Int] = [:]
        for one in list {
            incarnations[one] = partitions[one]?.incarnation
            partitions[one]?.isAsked = true
        }
        asked[ticket] = Asked(broker: broker, api: api, partitions: incarnations)
        return ticket
    }

    private mutating func sendFetch(to broker: Int32) {
        var request = FetchRequest()
        request.maxWaitMs = Int32(clamping: settings.fetchMaxWaitMs)
        request.minBytes = Int32(clamping: settings.fetchMinBytes)
        request.maxBytes = Int32(clamping: settings.fetchMaxBytes)
        request.isolationLevel = settings.isolation.level
        request.rackID = settings.clientRack
        var session = sessions.removeValue(forKey: broker) ?? FetchSession()
        session.prepare(&request) { [partitions] in partitions[$0]?.turn ?? 0 }
        let highestVersion = session.isByID ? Int16.max : FetchRequest.lastVersionByName
        sessions[broker] = session
        fetchesInFlight.insert(broker)
        let ticket = newTicket()
        asked[ticket] = Asked(broker: broker, api: .fetch, partitions: [:])
        act(.fetch(broker: broker, request, highestVersion: highestVersion, ticket: ticket))
    }

    private mutating func sendListOffsets(to broker: Int32, _ list: [TopicPartition]) {
        var request = ListOffsetsRequest()
        request.replicaID = -1
        request.isolationLevel = settings.isolation.level
        for one in list.sorted(by: TopicPartition.comesBefore) {
            guard let partition = partitions[one], case .locating(let position) = partition.phase,
                let timestamp = position.listOffsetsTimestamp(wallClockMs: wallClockMs)
            else { continue }
            var asked = ListOffsetsRequest.Partition()
            asked.partitionIndex = one.partition
            asked.currentLeaderEpoch = partition.leader?.epoch ?? .none
            asked.timestamp = timestamp
            if request.topics.last?.name != one.topic {
                var topic = ListOffsetsRequest.Topic()
                topic.name = one.topic
                request.topics.append(topic)
            }
            request.topics[request.topics.count - 1].partitions.append(asked)
        }
        let ticket = ask(list, of: broker, .listOffsets)
        act(.listOffsets(broker: broker, request, ticket: ticket))
    }

    private mutating func sendLeaderEpoch(to broker: Int32, _ list: [TopicPartition]) {
        var request = OffsetForLeaderEpochRequest()
        request.replicaID = -1
        for one in list.sorted(by: TopicPartition.comesBefore) {
            guard let partition = partitions[one] else { continue }
            var asked = OffsetForLeaderEpochRequest.Partition()
            asked.partition = one.partition
            asked.currentLeaderEpoch = partition.leader?.epoch ?? .none
            asked.leaderEpoch = partition.positionEpoch
            if request.topics.last?.topic != one.topic {
                var topic = OffsetForLeaderEpochRequest.Topic()
                topic.topic = one.topic
                request.topics.append(topic)
            }
            request.topics[request.topics.count - 1].partitions.append(asked)
        }
        let ticket = ask(list, of: broker, .offsetForLeaderEpoch)
        act(.leaderEpoch(broker: broker, request, ticket: ticket))
    }

    mutating func setPause(_ one: TopicPartition, nowMs: Int64) {
        guard var partition = partitions[one] else { return }
        partition.failures += 1
        partition.pausedUntilMs =
            nowMs + backoff.waitMs(afterFailures: partition.failures, jitter: jitter)
        partitions[one] = partition
        due.touch(one)
        due.touch(one, atMs: partition.pausedUntilMs)
    }
}
