import CommitLog
import KafkaProtocol
import NIOCore
import RecordFormat

// From where on share groups read: told, set and forgotten. What they did with records others keep (`ShareStates`).

extension GroupCoordinator {
    /// - Parameter mayDescribe: whether the client may know of a topic, where it asks for all.
    func describeShareOffsets(
        _ groups: [DescribeShareGroupOffsetsRequest.Group],
        mayDescribe: @escaping @Sendable (String) -> Bool,
        _ reply: @escaping @Sendable ([DescribeShareGroupOffsetsResponse.Group]) -> Void
    ) {
        eventLoop.execute {
            self.eventLoop.mapInTurns(groups) { asked, done in
                self.describeOffsets(asked, mayDescribe: mayDescribe, done)
            } _: {
                reply($0)
            }
        }
    }

    /// Of a group that is not there, or of another type, nothing is known: as in Kafka that is no error.
    private func describeOffsets(
        _ asked: DescribeShareGroupOffsetsRequest.Group, mayDescribe: (String) -> Bool,
        _ done: @escaping (DescribeShareGroupOffsetsResponse.Group) -> Void
    ) {
        var answer = DescribeShareGroupOffsetsResponse.Group()
        answer.groupID = asked.groupID
        if let error = refusal(for: asked.groupID) {
            answer.errorCode = error
            return done(answer)
        }
        let shared = state.groups[asked.groupID]?.share?.shared ?? [:]
        answer.topics = topics(asked.topics, shared, mayDescribe)
        let places = answer.topics.indices.flatMap { topic in
            answer.topics[topic].partitions.indices.map { (topic, $0) }
        }.filter { topic, partition in
            let shown = answer.topics[topic]
            return shared[shown.topicID]?.partitions
                .contains(shown.partitions[partition].partitionIndex) ?? false
        }
        let partitions = places.map { topic, partition in
            let shown = answer.topics[topic]
            return TopicIDPartition(
                topicID: shown.topicID, partition: shown.partitions[partition].partitionIndex)
        }
        guard !partitions.isEmpty, let states = state.shareStates else { return done(answer) }
        let waiting = NIOLoopBound(done, eventLoop: eventLoop)
        let unfilled = answer
        states.describe(partitions, of: asked.groupID) { results in
            var answer = unfilled
            for ((topic, partition), result) in zip(places, results) {
                switch result {
                case .success(let start?):
                    answer.topics[topic].partitions[partition].fill(start)
                // The client is to ask again.
                case .failure(let error) where error.code == .coordinatorLoadInProgress:
                    answer.errorCode = error.code
                    answer.topics = []
                // As in Kafka, what cannot be told is not there.
                case .success(nil), .failure: continue
                }
                if answer.errorCode != .none { break }
            }
            let filled = answer
            self.eventLoop.execute { waiting.value(filled) }
        }
    }

    /// The partitions of an answer, before anything is known of them. A topic that there is not has no id.
    private func topics(
        _ asked: [DescribeShareGroupOffsetsRequest.Topic]?,
        _ shared: [TopicID: ShareGroup.SharedTopic], _ mayDescribe: (String) -> Bool
    ) -> [DescribeShareGroupOffsetsResponse.Topic] {
        func topic(
            _ name: String, _ id: TopicID, _ partitions: [Int32]
        ) -> DescribeShareGroupOffsetsResponse.Topic {
            var topic = DescribeShareGroupOffsetsResponse.Topic()
            topic.topicName = name
            topic.topicID = id
            topic.partitions = partitions.map { index in
                var partition = DescribeShareGroupOffsetsResponse.Partition()
                partition.partitionIndex = index
                partition.startOffset = Offset(-1)
                partition.leaderEpoch = LeaderEpoch(0)
                return partition
            }
            return topic
        }
        guard let asked else {
            return shared.filter { mayDescribe($0.value.name) }
                .sorted { $0.value.name < $1.value.name }
                .map { topic($0.value.name, $0.key, $0.value.partitions.sorted()) }
        }
        return asked.map {
            topic($0.topicName, log.topicID(of: $0.topicName) ?? .none, $0.partitions)
        }
    }

    /// Where an empty group is to begin: one that is not there yet is made, unless there are no `starts`.
    ///
    /// - Parameter starts: of partitions that there are.
    func alterShareOffsets(
        _ starts: [ShareStartChange], group id: String,
        _ reply: @escaping @Sendable (Result<[ErrorCode], GroupRefusal>) -> Void
    ) {
        eventLoop.execute {
            do throws(GroupRefusal) {
                if let error = self.refusalToWrite(for: id) { throw GroupRefusal(error, "") }
                if starts.isEmpty, self.state.groups[id] == nil { return reply(.success([])) }
                let group = try self.groupToShare(id, isNew: true)
                try self.requireEmpty(group)
                guard !starts.isEmpty else { return reply(.success([])) }
                var next = group.share ?? ShareGroup(id: id, config: self.config)
                // As in Kafka, whose states of partitions then are of this epoch.
                next.raiseEpoch()
                var places: [TopicID: ShareGroup.SharedTopic] = [:]
                for start in starts {
                    places[
                        start.topicID, default: .init(name: start.topicName, partitions: [])
                    ].partitions.insert(start.partition)
                }
                next.share(places)
                try self.checkMemory(next, group)
                let epoch = next.epoch
                self.write(next, of: group) { error in
                    guard error == .none else {
                        return reply(.failure(GroupRefusal(error, "")))
                    }
                    self.begin(starts, group: id, epoch: epoch, reply)
                }
            } catch {
                if let group = self.state.groups[id] { self.perform(group) }
                reply(.failure(error))
            }
        }
    }

    private func begin(
        _ starts: [ShareStartChange], group id: String, epoch: Int32,
        _ reply: @escaping @Sendable (Result<[ErrorCode], GroupRefusal>) -> Void
    ) {
        guard let states = state.shareStates else {
            return reply(.success(starts.map { _ in .coordinatorNotAvailable }))
        }
        let partitions = starts.map {
            (TopicIDPartition(topicID: $0.topicID, partition: $0.partition), $0.offset)
        }
        states.begin(partitions, of: id, groupEpoch: epoch) { reply(.success($0)) }
    }

    private func requireEmpty(_ group: CoordinatedGroup) throws(GroupRefusal) {
        guard group.isEmpty else {
            throw GroupRefusal(.nonEmptyGroup, "The group has members.")
        }
    }

    /// Forgets what an empty group did with the records of topics; says of each topic what came of it.
    func deleteShareOffsets(
        of topics: [TopicID], group id: String,
        _ reply: @escaping @Sendable (Result<[ErrorCode], GroupRefusal>) -> Void
    ) {
        eventLoop.execute {
            do throws(GroupRefusal) {
                if let error = self.refusalToWrite(for: id) { throw GroupRefusal(error, "") }
                let group = try self.groupToShare(id, isNew: false)
                try self.requireEmpty(group)
                guard let known = group.share else { throw .noShareGroup(id) }
                let partitions = topics.map(known.partitions)
                self.forget(partitions.flatMap { $0 }, of: id) { codes in
                    var codes = codes[...]
                    let results = partitions.map { partitions -> ErrorCode in
                        // The group has no place in the topic.
                        if partitions.isEmpty { return .unknownTopicOrPartition }
                        let own = codes.prefix(partitions.count)
                        codes = codes.dropFirst(partitions.count)
                        return own.first { $0 != .none } ?? .none
                    }
                    let forgotten = Set(zip(topics, results).filter { $1 == .none }.map(\.0))
                    self.unshare(forgotten, of: group) { error in
                        reply(
                            error == .none
                                ? .success(results) : .failure(GroupRefusal(error, "")))
                    }
                }
            } catch {
                reply(.failure(error))
            }
        }
    }

    /// Forgets the states; `done` is called on the loop.
    func forget(
        _ partitions: [TopicIDPartition], of id: String, done: @escaping ([ErrorCode]) -> Void
    ) {
        guard !partitions.isEmpty, let states = state.shareStates else {
            return done(partitions.map { _ in .none })
        }
        let done = NIOLoopBound(done, eventLoop: eventLoop)
        states.forget(partitions, of: id) { codes in
            self.eventLoop.execute { done.value(codes) }
        }
    }

    /// Where somebody has joined meanwhile, and may have been assigned the topics, the group keeps its place in them.
    private func unshare(
        _ topics: Set<TopicID>, of group: CoordinatedGroup, done: @escaping (ErrorCode) -> Void
    ) {
        guard group.isEmpty, state.groups[group.membership.id] === group, var next = group.share
        else { return done(.none) }
        next.unshare { topic, _ in topics.contains(topic) }
        write(next, of: group, done: done)
    }
}

/// Where a share group is to begin in a partition.
struct ShareStartChange: Sendable {
    var topicID: TopicID
    var topicName: String
    var partition: Int32
    var offset: Offset
}

extension DescribeShareGroupOffsetsResponse.Partition {
    fileprivate mutating func fill(_ start: ShareStart) {
        startOffset = start.offset
        leaderEpoch = start.leaderEpoch
        lag = start.lag
    }
}
