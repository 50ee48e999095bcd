import KafkaProtocol
import RecordFormat

// Which requests are sent.
extension FetchState {
    /// The leader of each partition, as new metadata says; partitions without one are absent.
    mutating func leads(_ leaders: [TopicPartition: PartitionLeader]) {
        for (one, leader) in leaders {
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
        }
    }

    /// When the next pause ends; nil where none runs.
    func nextDeadlineMs(after nowMs: Int64) -> Int64? {
        let pauses = partitions.values.filter { !$0.isAsked }.map(\.pausedUntilMs)
        return (pauses + brokerPauses.values.map(\.untilMs)).filter { $0 > nowMs }.min()
    }

    /// Sends what can be sent.
    mutating func advance(nowMs: Int64) {
        var fetches: [Int32: [TopicPartition]] = [:]
        var locations: [Int32: [TopicPartition]] = [:]
        var validations: [Int32: [TopicPartition]] = [:]
        var lacksLeader = false
        let isFull = queue.byteCount >= settings.fetchMaxBytes
        for one in order {
            guard let partition = partitions[one], !partition.isAsked,
                nowMs >= partition.pausedUntilMs
            else { continue }
            guard let broker = partition.broker(nowMs: nowMs) else {
                lacksLeader = true
                setPause(one, nowMs: nowMs)
                continue
            }
            if let pause = brokerPauses[broker], nowMs < pause.untilMs { continue }
            switch partition.phase {
            case .locating: locations[broker, default: []].append(one)
            case .validating: validations[broker, default: []].append(one)
            case .fetching:
                if partition.isPaused || isFull
                    || queue.byteCount(of: one) >= settings.maxPartitionFetchBytes
                {
                    continue
                }
                fetches[broker, default: []].append(one)
            case .failed: break
            }
        }
        if lacksLeader { act(.refreshMetadata) }
        for (broker, list) in locations.sorted(by: { $0.key < $1.key }) {
            sendListOffsets(to: broker, list)
        }
        for (broker, list) in validations.sorted(by: { $0.key < $1.key }) {
            sendLeaderEpoch(to: broker, list)
        }
        for (broker, list) in fetches.sorted(by: { $0.key < $1.key })
        where !asked.values.contains(where: { $0.api == .fetch && $0.broker == broker }) {
            sendFetch(to: broker, list)
        }
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

    private mutating func sendFetch(to broker: Int32, _ list: [TopicPartition]) {
        var request = FetchRequest()
        request.maxWaitMs = Int32(clamping: settings.fetchMaxWaitMs)
        request.minBytes = Int32(clamping: settings.fetchMinBytes)
        request.maxBytes = Int32(clamping: settings.fetchMaxBytes)
        request.isolationLevel = settings.isolation.level
        request.rackID = settings.clientRack
        let wanted = list.compactMap { one in
            partitions[one].map { partition in
                var asked = FetchRequest.Partition()
                asked.partition = one.partition
                asked.currentLeaderEpoch = partition.leader?.epoch ?? .none
                asked.fetchOffset = partition.position
                asked.partitionMaxBytes = Int32(clamping: settings.maxPartitionFetchBytes)
                return (one, asked)
            }
        }
        sessions[broker, default: FetchSession()].prepare(&request, for: wanted)
        let ticket = ask(list, of: broker, .fetch)
        act(.fetch(broker: broker, request, ticket: ticket))
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
    }
}
