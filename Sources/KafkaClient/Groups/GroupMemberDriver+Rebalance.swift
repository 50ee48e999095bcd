import KafkaProtocol
import NIOCore
import RecordFormat

// Partitions that come and go. As in Kafka's own consumer, an application loses a partition only
// when it comes back for more: until then it may be in the middle of that partition's records.
extension GroupMemberDriver {
    /// How long the leader waits for topics that are not there, before it assigns the others.
    private static var topicTimeoutMs: Int64 { 3_000 }

    func assign(_ assignor: PartitionAssignor, _ members: [SubscribedMember]) {
        let topics = members.reduce(into: Set<String>()) { $0.formUnion($1.topics) }
        let generation = membership.generation
        cluster.topics(topics.sorted(), timeoutMs: Self.topicTimeoutMs)
            .assumeIsolated()
            .whenComplete { [self] result in
                // The group may have gone on meanwhile.
                guard membership.generation == generation else { return }
                if case .failure(ClusterError.noBrokerAnswers) = result {
                    classic?.assignmentFailed(nowMs: nowMs)
                } else {
                    // Those that are not there are assigned once they are.
                    topicsAtAssignment = topics
                    countsAtAssignment = cluster.partitionCounts(of: topics)
                    classic?.assigned(
                        assignor.assign(members, partitionCounts: countsAtAssignment),
                        nowMs: nowMs)
                }
                step()
            }
    }

    func revoke(_ partitions: [TopicPartition]) {
        // No more of their records are handed out; how far the application is in them is still
        // known.
        fetcher.state.pause(partitions)
        if membership.isClosing {
            fetcher.state.queue.finishProcessing()
            if settings.enableAutoCommit { commitProcessed() }
            revocation = .confirmed(partitions, untilMs: nowMs + commitTimeoutMs)
        } else {
            revocation = .due(partitions)
        }
    }

    /// The application waits for the next event, so it is done with what it got before.
    func announceRevocation() {
        guard case .due(let partitions) = revocation else { return }
        fetcher.state.queue.finishProcessing()
        if settings.enableAutoCommit { commitProcessed() }
        revocation = .announced(partitions)
        events.append(.revoked(partitions))
    }

    /// How long a rebalance waits for the commit of what is given up; the next member then begins
    /// further back.
    private var commitTimeoutMs: Int64 { cluster.settings.connection.requestTimeoutMs }

    /// The application came back after it was told.
    func confirmRevocation() {
        guard case .told(let partitions) = revocation else { return }
        revocation = .confirmed(partitions, untilMs: nowMs + commitTimeoutMs)
    }

    /// The group may go on once the application is done with the partitions, and their offsets are
    /// committed.
    func finishRevocation() {
        guard case .confirmed(let partitions, let untilMs) = revocation,
            commits.isIdle || !membership.hasCoordinator || nowMs >= untilMs
        else { return }
        revocation = nil
        drop(partitions)
        membership.revoked(nowMs: nowMs)
        mustStepAgain = true
    }

    /// Asks where the group stands in these, and begins there.
    func findOffsets(of partitions: Set<TopicPartition>) {
        guard !partitions.isEmpty else { return }
        ask(CommittedOffsetsQuery(groupID: settings.groupID, partitions: partitions), failures: 0)
    }

    private func ask(_ query: CommittedOffsetsQuery, failures: Int) {
        var query = query
        query.keep(membership.owned)
        guard !hasEnded, !query.partitions.isEmpty else { return }
        // The coordinator refuses an epoch that is over; the next attempt has the newer one.
        if reconciled != nil, membership.isInGeneration { query.member = identity }
        var request = query.request
        let ids = request.identifyTopics { cluster.topicID(of: $0) }
        let sent = request
        cluster.coordinator(of: settings.groupID)
            .flatMap { $0.send(sent, highestVersion: ids.highestVersion) }
            .assumeIsolated()
            .whenComplete { [self] result in
                switch result {
                case .failure: askLater(query, failures: failures)
                case .success(let response):
                    do throws(GroupError) {
                        let body = response.body.namingTopics(by: ids)
                        if body.hasUnknownTopicID { cluster.refreshMetadata() }
                        let answer = try query.read(body, version: response.version)
                        begin(answer.found)
                        if answer.reaction == .findCoordinator {
                            cluster.forgetCoordinator(of: settings.groupID)
                        }
                        if answer.reaction != .proceed { askLater(query, failures: failures) }
                    } catch {
                        membership.fail(error)
                    }
                }
                step()
            }
    }

    private func askLater(_ query: CommittedOffsetsQuery, failures: Int) {
        let waitMs = cluster.settings.metadata.backoff.waitMs(
            afterFailures: failures + 1, jitter: .random(in: 0...1))
        cluster.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(waitMs)) { [self] in
            ask(query, failures: failures + 1)
        }
    }

    private func begin(_ found: [TopicPartition: CommittedOffset?]) {
        var positions: [TopicPartition: StartingPosition] = [:]
        for (one, offset) in found where membership.owned.contains(one) {
            // The application may have sought in it meanwhile.
            guard fetcher.state.partitions[one] == nil else { continue }
            positions[one] = offset.map { .offset($0.offset, $0.leaderEpoch) } ?? .automatic
            if let offset { commits.found(offset, of: one) }
        }
        fetcher.seek(positions)
    }
}
