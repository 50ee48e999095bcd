import KafkaProtocol
import RecordFormat

/// The topics of the log, as a group looks them up.
struct KnownTopics {
    /// Another number once topics came or went, or got more partitions.
    var changeCount: Int
    /// What regular expressions match that were to be resolved.
    var resolutions: [String: ReconciledGroup.Resolution] = [:]
    var find: (String) -> ReconciledGroup.Topic?
}

/// A heartbeat as the group sees it.
struct ConsumerHeartbeat: Sendable {
    var request: ConsumerGroupHeartbeatRequest
    var clientID: String
    var clientHost: String
    /// For a member that has not named itself.
    var newMemberID: String
    /// Whether the client may describe a topic; nil where it may describe all.
    var mayDescribe: (@Sendable (String) -> Bool)?
}

// Joining and staying.
extension ReconciledGroup {
    /// - Parameter known: the topics that there are.
    mutating func heartbeat(
        _ event: ConsumerHeartbeat, topics known: KnownTopics
    ) throws(GroupRefusal) -> ConsumerGroupHeartbeatResponse {
        let request = event.request
        // Members are found by what Unicode calls the same text; Kafka's ids are bytes.
        guard members[request.memberID]?.id.hasSameBytes(as: request.memberID) ?? true else {
            throw GroupRefusal(
                .invalidRequest, "A member of the group has this id in another form of Unicode.")
        }
        if request.memberEpoch < Self.joiningEpoch { return try leave(request) }
        let memberID = request.memberID.isEmpty ? event.newMemberID : request.memberID
        guard members.count < config.consumerMaxSize || members[memberID] != nil else {
            throw GroupRefusal(
                .groupMaxSizeReached,
                "The consumer group has reached its maximum capacity of \(config.consumerMaxSize) "
                    + "members.")
        }
        try checkSize(of: request, memberID)
        let before = try admitted(memberID, request)
        var member = before
        update(&member, event)
        guard member.subscription.byteCount <= config.memberMaxBytes else {
            throw GroupRefusal(
                .invalidRequest, "What the member subscribes to takes too many bytes.")
        }
        let reconciled = update(
            member, before: before, owned: request.topicPartitions.map(PartitionSet.init),
            topics: known)
        if before.subscription.classic != nil {
            act(.cancelTimer(.join(memberID: memberID)))
            act(.cancelTimer(.sync(memberID: memberID)))
        }
        act(.setTimer(.session(memberID: memberID), afterMs: config.consumerSessionTimeoutMs))
        return response(to: request, reconciled, before: before)
    }

    /// Takes up what a member says of itself, and brings it as far as it can go now.
    mutating func update(
        _ member: ReconciledMember, before: ReconciledMember, owned: PartitionSet?,
        topics known: KnownTopics
    ) -> ReconciledMember {
        var isChanged = members[member.id] == nil || subscribesToOthers(member, than: before)
        set(member)
        if before.pattern != member.pattern { forgetUnusedResolutions() }
        for (pattern, resolution) in known.resolutions where patternCounts[pattern] != nil {
            if setResolution(resolution, of: pattern) { isChanged = true }
        }
        follow(known, isChanged: isChanged)
        return reconcile(member.id, owned: owned)
    }

    /// The regular expressions to resolve before this heartbeat: the member's own if it is new, and those
    /// that are out of date. Of many only some: the others have their turn with the next heartbeats.
    func patternsToResolve(
        for request: ConsumerGroupHeartbeatRequest, topicChangeCount: Int, nowMs: Int64
    ) -> [String] {
        var due: [String] = []
        if let pattern = request.subscribedTopicRegex, !pattern.isEmpty,
            resolutions[pattern] == nil
        {
            due.append(pattern)
        }
        guard !patternCounts.isEmpty else { return due }
        let isOld = { (resolution: Resolution) -> Bool in
            let age = nowMs - resolution.timestampMs
            if age >= config.consumerRegexRefreshIntervalMs || age < 0 { return true }
            return resolution.topicChangeCount != topicChangeCount
                && (age >= GroupConfig.shortestRegexRefreshMs || resolution.topicChangeCount == nil)
        }
        for pattern in patternCounts.keys.sorted() where !due.contains(pattern) {
            guard due.count < GroupConfig.maximumPatternsAtOnce else { break }
            if resolutions[pattern].map(isOld) ?? true { due.append(pattern) }
        }
        return due
    }

    private func subscribesToOthers(
        _ member: ReconciledMember, than before: ReconciledMember
    ) -> Bool {
        member.pattern != before.pattern
            || member.subscription.topicNames != before.subscription.topicNames
                && Set(member.subscription.topicNames) != Set(before.subscription.topicNames)
    }

    private mutating func admitted(
        _ memberID: String, _ request: ConsumerGroupHeartbeatRequest
    ) throws(GroupRefusal) -> ReconciledMember {
        let isJoining = request.memberEpoch == Self.joiningEpoch
        guard let instanceID = request.instanceID else {
            guard let known = members[memberID] else {
                guard isJoining else { throw .unknownMember(memberID) }
                return ReconciledMember(id: memberID)
            }
            try checkEpoch(of: known, request)
            return known
        }
        guard let present = staticMembers[instanceID].flatMap({ members[$0] }) else {
            guard isJoining else { throw .unknownInstance(instanceID) }
            return members[memberID] ?? ReconciledMember(id: memberID)
        }
        guard isJoining else {
            guard present.id == memberID else { throw .fencedInstance(instanceID, present.id) }
            try checkEpoch(of: present, request)
            return present
        }
        let isReleased =
            present.progress.epoch == Self.awayEpoch || present.subscription.classic != nil
        guard isReleased else {
            throw GroupRefusal(
                .unreleasedInstanceID,
                "Static member \(memberID) with instance id \(instanceID) cannot join the group "
                    + "because the instance id is owned by \(present.id) member.")
        }
        return replace(present, by: memberID)
    }

    /// The static member that was away is back: it goes on with what it had.
    mutating func replace(
        _ former: ReconciledMember, by memberID: String
    ) -> ReconciledMember {
        var member = former
        member.id = memberID
        member.progress.epoch = 0
        member.progress.previousEpoch = 0
        guard memberID != former.id else { return member }
        if members[memberID] != nil {
            // Another member had the name, and what it held is free.
            remove(memberID)
            raiseEpoch()
        }
        moveTarget(from: former.id, to: memberID)
        remove(former.id)
        set(member)
        return member
    }

    /// A client decides how many partitions it says it owns, and each costs a look-up.
    private func checkSize(
        of request: ConsumerGroupHeartbeatRequest, _ memberID: String
    ) throws(GroupRefusal) {
        let owned = request.topicPartitions?.reduce(0) { $0 + 1 + $1.partitions.count } ?? 0
        if owned <= GroupConfig.smallOwnedCount { return }
        let progress = members[memberID]?.progress ?? ReconciledMember.Progress()
        guard owned <= 2 * (progress.assigned.count + progress.pendingRevocation.count) else {
            throw GroupRefusal(
                .fencedMemberEpoch,
                "The member owns more partitions than it was given. It must abandon all its "
                    + "partitions and rejoin.")
        }
    }

    /// A member whose last answer was lost may still use the epoch before. Whoever has lost everything
    /// joins again with epoch 0, as Kafka allows since 4.2 (KAFKA-19233).
    private func checkEpoch(
        of member: ReconciledMember, _ request: ConsumerGroupHeartbeatRequest
    ) throws(GroupRefusal) {
        let (received, progress) = (request.memberEpoch, member.progress)
        if received == progress.epoch || received == Self.joiningEpoch { return }
        let isLate =
            received == progress.previousEpoch && received < progress.epoch
            && request.topicPartitions.map { PartitionSet($0).isSubset(of: progress.assigned) }
                ?? false
        guard isLate else {
            let order = received > progress.epoch ? "greater" : "smaller"
            throw GroupRefusal(
                .fencedMemberEpoch,
                "The consumer group member has a \(order) member epoch (\(received)) than the one "
                    + "known by the group coordinator (\(progress.epoch)). The member must abandon "
                    + "all its partitions and rejoin.")
        }
    }

    private func update(_ member: inout ReconciledMember, _ event: ConsumerHeartbeat) {
        let request = event.request
        member.subscription.instanceID = request.instanceID ?? member.subscription.instanceID
        member.subscription.rackID = request.rackID ?? member.subscription.rackID
        member.subscription.clientID = event.clientID
        member.subscription.clientHost = event.clientHost
        member.subscription.classic = nil
        if request.rebalanceTimeoutMs != -1 {
            member.subscription.rebalanceTimeoutMs = request.rebalanceTimeoutMs
        }
        if let names = request.subscribedTopicNames { member.subscription.topicNames = names }
        if let regex = request.subscribedTopicRegex { member.subscription.topicRegex = regex }
        if let name = request.serverAssignor {
            member.subscription.assignor = ServerAssignor(rawValue: name)
        }
    }

    /// Makes a new assignment where members, subscriptions or topics have changed.
    private mutating func follow(_ known: KnownTopics, isChanged: Bool) {
        let isOld = topicChangeCount != known.changeCount
        guard isChanged || isOld || epoch != assignmentEpoch else { return }
        topicChangeCount = known.changeCount
        var found: [String: Topic] = [:]
        for name in subscribedTopics { found[name] = known.find(name) }
        let hasNewTopics = found != topics
        if hasNewTopics { setTopics(found) }
        if isChanged || hasNewTopics { raiseEpoch() }
        guard epoch != assignmentEpoch else { return }
        let subscribed = members.values.map { member in
            ServerAssignor.Member(
                id: member.id, instanceID: member.subscription.instanceID,
                topics: topicIDs(of: member), previous: target[member.id] ?? PartitionSet())
        }
        let counts = Dictionary(topics.values.map { ($0.id, $0.partitionCount) }) { $1 }
        setTarget(assignor.assign(subscribed, partitionCounts: counts))
    }

    private func response(
        to request: ConsumerGroupHeartbeatRequest, _ member: ReconciledMember,
        before known: ReconciledMember
    ) -> ConsumerGroupHeartbeatResponse {
        var response = ConsumerGroupHeartbeatResponse()
        response.memberID = member.id
        response.memberEpoch = member.progress.epoch
        response.heartbeatIntervalMs = config.consumerHeartbeatIntervalMs
        // A client that names all of itself wants to know all of its assignment.
        let isFull =
            request.memberEpoch == Self.joiningEpoch
            || (request.rebalanceTimeoutMs != -1 && request.topicPartitions != nil
                && (request.subscribedTopicNames != nil || request.subscribedTopicRegex != nil))
        if isFull || member.progress.assigned != known.progress.assigned {
            var assignment = ConsumerGroupHeartbeatResponse.Assignment()
            assignment.topicPartitions = member.progress.assigned.wire
            response.assignment = assignment
        }
        return response
    }
}

extension GroupRefusal {
    static func unknownMember(_ id: String) -> GroupRefusal {
        GroupRefusal(.unknownMemberID, "Member \(id) is not a member of the group.")
    }

    static func unknownInstance(_ id: String) -> GroupRefusal {
        GroupRefusal(.unknownMemberID, "Instance id \(id) is unknown.")
    }

    static func fencedInstance(_ id: String, _ owner: String) -> GroupRefusal {
        GroupRefusal(
            .fencedInstanceID,
            "The static member with instance id \(id) was fenced by member \(owner).")
    }
}

extension PartitionSet {
    init(_ wire: [TopicIDPartitions]) {
        self.init(Dictionary(wire.map { ($0.topicID, Set($0.partitions)) }) { $0.union($1) })
    }

    /// In an order that does not change from run to run.
    var wire: [TopicIDPartitions] {
        topics.sorted { $0.key.precedes($1.key) }.map { id, partitions in
            var topic = TopicIDPartitions()
            topic.topicID = id
            topic.partitions = partitions.sorted()
            return topic
        }
    }
}

extension TopicID {
    /// An order that means nothing, and is always the same.
    func precedes(_ other: TopicID) -> Bool {
        (mostSignificantBits, leastSignificantBits)
            < (other.mostSignificantBits, other.leastSignificantBits)
    }
}
