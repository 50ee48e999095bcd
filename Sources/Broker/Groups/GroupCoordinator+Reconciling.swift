import CommitLog
import KafkaProtocol
import NIOCore
import RecordFormat

// Groups of the consumer protocol (KIP-848): passes heartbeats to them, writes what they want written,
// and answers once that is as durable as promised.

extension GroupCoordinator {
    func consumerHeartbeat(
        _ event: ConsumerHeartbeat,
        _ reply: @escaping @Sendable (ConsumerGroupHeartbeatResponse) -> Void
    ) {
        eventLoop.execute {
            let patterns = self.patternsToResolve(event.request)
            if patterns.isEmpty { return self.heartbeat(event, ResolvedPatterns(), reply) }
            // Off the loop, since there may be many topics.
            self.threads.runIfActive(eventLoop: self.eventLoop) { [log = self.log] in
                ResolvedPatterns(patterns, in: log, mayDescribe: event.mayDescribe)
            }.whenComplete { resolved in
                self.heartbeat(event, (try? resolved.get()) ?? ResolvedPatterns(), reply)
            }
        }
    }

    private func patternsToResolve(_ request: ConsumerGroupHeartbeatRequest) -> [String] {
        let present = state.groups[request.groupID]?.reconciled
        let isJoining = request.memberEpoch == ReconciledGroup.joiningEpoch
        guard isJoining || request.memberEpoch > 0 && present != nil else { return [] }
        let group = present ?? ReconciledGroup(id: request.groupID, config: config)
        return group.patternsToResolve(
            for: request, topicChangeCount: log.topicChangeCount, nowMs: nowMs())
    }

    private func heartbeat(
        _ event: ConsumerHeartbeat, _ resolved: ResolvedPatterns,
        _ reply: @escaping @Sendable (ConsumerGroupHeartbeatResponse) -> Void
    ) {
        let request = event.request
        if let error = refusalToWrite(for: request.groupID) {
            return reply(.failure(GroupRefusal(error, "")))
        }
        do throws(GroupRefusal) {
            let group = try groupOfConsumers(request)
            var next = try reconciled(group)
            next.config = self.config(for: request.groupID)
            let topics = try knownTopics(resolved, for: request, in: next)
            let response = try next.heartbeat(event, topics: topics)
            try checkMemory(next, group)
            write(next, of: group) { error in
                reply(error == .none ? response : .failure(GroupRefusal(error, "")))
            }
        } catch {
            // One that was made for this heartbeat is not kept.
            if let group = state.groups[request.groupID] { perform(group) }
            reply(.failure(error))
        }
    }

    private func knownTopics(
        _ resolved: ResolvedPatterns, for request: ConsumerGroupHeartbeatRequest,
        in group: ReconciledGroup
    ) throws(GroupRefusal) -> KnownTopics {
        if let pattern = request.subscribedTopicRegex, group.patternCounts[pattern] == nil,
            case .failure(let error)? = resolved.results[pattern]
        {
            throw GroupRefusal(
                .invalidRegularExpression,
                "SubscribedTopicRegex `\(pattern)` is not a valid regular expression: "
                    + "\(error.reason).")
        }
        var resolutions: [String: ReconciledGroup.Resolution] = [:]
        for (pattern, result) in resolved.results {
            // What cannot be resolved stays as it is.
            let topics = (try? result.get()) ?? group.resolutions[pattern]?.topics ?? []
            resolutions[pattern] = ReconciledGroup.Resolution(
                topics: topics, topicChangeCount: resolved.topicChangeCount, timestampMs: nowMs())
        }
        return knownTopics(resolutions)
    }

    func knownTopics(_ resolutions: [String: ReconciledGroup.Resolution]) -> KnownTopics {
        KnownTopics(changeCount: log.topicChangeCount, resolutions: resolutions) { [log] name in
            log.partitions(of: name).flatMap { partitions in
                partitions.first.map {
                    ReconciledGroup.Topic(
                        id: $0.topicID, partitionCount: Int32(partitions.count))
                }
            }
        }
    }

    /// The group that a heartbeat is for. One of the classic protocol may become one of this protocol.
    private func groupOfConsumers(
        _ request: ConsumerGroupHeartbeatRequest
    ) throws(GroupRefusal) -> CoordinatedGroup {
        let isJoining = request.memberEpoch == ReconciledGroup.joiningEpoch
        guard let group = state.groups[request.groupID] else {
            guard isJoining else { throw .noGroup(request.groupID) }
            return try newGroup(request.groupID)
        }
        guard isJoining && group.share == nil || group.reconciled != nil else {
            throw .noGroup(request.groupID)
        }
        return group
    }

    /// The group as one of this protocol: new without members, or with those of the classic protocol.
    private func reconciled(
        _ group: CoordinatedGroup
    ) throws(GroupRefusal) -> ReconciledGroup {
        if let known = group.reconciled { return known }
        let membership = group.membership
        if membership.members.isEmpty {
            return ReconciledGroup(id: membership.id, config: config)
        }
        return try ReconciledGroup(upgrading: membership, config: config) {
            log.topicID(of: $0)
        }
    }

    func checkMemory(
        _ next: ReconciledGroup, _ group: CoordinatedGroup
    ) throws(GroupRefusal) {
        try requireRoom(
            from: group.reconciled?.byteCount ?? group.membership.byteCount, to: next.byteCount)
    }

    /// Writes what the group wants written. It counts once it is appended; where that fails the group
    /// stays as it was.
    func write(
        _ next: ReconciledGroup, of group: CoordinatedGroup,
        done: @escaping (ErrorCode) -> Void
    ) {
        if next.isToBeClassic { return downgrade(next, of: group, done: done) }
        var next = next
        let id = next.id
        var records = next.takeRecords().map { OffsetsTopicRecord.reconciled(group: id, $0) }
        if group.reconciled == nil, group.membership.generation > 0 {
            records.insert(.group(id, nil), at: 0)
        }
        let changed = next
        let adopt = {
            if group.reconciled == nil {
                if !group.isEmpty || !group.membership.pendingMembers.isEmpty {
                    group.membership.dissolve()
                    self.perform(group)
                }
                group.membership = ConsumerGroup(id: id, config: self.config, nowMs: self.nowMs())
            }
            group.reconciled = changed
            self.performReconciled(group)
        }
        write(records, of: group, adopt, done: done)
    }

    /// Sets the timers that the group wants.
    func performReconciled(_ group: CoordinatedGroup) {
        perform(group.reconciled?.takeActions() ?? [], of: group.membership.id)
        perform(group)
    }

    func perform(_ actions: [ReconciledGroupAction], of id: String) {
        for action in actions {
            switch action {
            case .setTimer(let timer, let afterMs):
                state.timers?.set(.init(group: id, timer: .reconciled(timer)), afterMs: afterMs)
            case .startTimer(let timer, let afterMs):
                state.timers?.start(.init(group: id, timer: .reconciled(timer)), afterMs: afterMs)
            case .cancelTimer(let timer):
                state.timers?.cancel(.init(group: id, timer: .reconciled(timer)))
            }
        }
    }

    func reconciledTimerFired(_ timer: ReconciledGroupTimer, _ group: CoordinatedGroup) {
        guard var next = group.reconciled else { return }
        next.timerFired(timer)
        write(next, of: group) { error in
            // The member is looked at again once there may be room on the disk.
            guard error != .none else { return }
            self.state.timers?.set(
                .init(group: next.id, timer: .reconciled(timer)),
                afterMs: self.config(for: next.id).consumerSessionTimeoutMs)
        }
    }

    /// A member of the classic protocol joins: a group of the other one, without members, is forgotten.
    func becomeClassic(_ group: CoordinatedGroup) {
        guard group.reconciled != nil else { return }
        writeTombstones(tombstonesOfReconciled(group), for: group.membership.id)
        group.reconciled = nil
    }

    func tombstonesOfReconciled(_ group: CoordinatedGroup) -> [OffsetsTopicRecord] {
        let id = group.membership.id
        return (group.reconciled?.tombstones ?? []).map { .reconciled(group: id, $0) }
    }
}

extension GroupRefusal {
    static func noGroup(_ id: String) -> GroupRefusal {
        GroupRefusal(.groupIDNotFound, "There is no group \(id) of the consumer protocol.")
    }
}

/// The topics that regular expressions match, or why they are none.
struct ResolvedPatterns: Sendable {
    private(set) var results: [String: Result<Set<String>, TopicPatternError>] = [:]
    /// The log's count of changes before the topics were listed.
    private(set) var topicChangeCount = 0

    init() {}

    /// Of the topics that the client may describe; all where `mayDescribe` is nil. May take a second, if the
    /// expressions are made for that.
    init(
        _ patterns: [String], in log: LogDirectory, mayDescribe: ((String) -> Bool)?
    ) {
        topicChangeCount = log.topicChangeCount
        let names = mayDescribe.map { log.topicNames.filter($0) } ?? log.topicNames
        for pattern in patterns { results[pattern] = Self.resolve(pattern, among: names) }
    }

    private static func resolve(
        _ pattern: String, among names: [String]
    ) -> Result<Set<String>, TopicPatternError> {
        do throws(TopicPatternError) {
            var allowance =
                GroupConfig.patternSteps + GroupConfig.patternStepsOfTopic * names.count
            let found = try TopicPattern(pattern).matches(among: names, allowance: &allowance)
            return found.map { .success($0) }
                ?? .failure(TopicPatternError("it takes too many steps to match"))
        } catch {
            return .failure(error)
        }
    }
}
