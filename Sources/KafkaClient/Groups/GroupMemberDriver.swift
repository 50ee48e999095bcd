import KafkaProtocol
import NIOCore
import RecordFormat

/// Carries out what a `GroupMembership` and a `CommitState` want, and feeds a `Fetcher` with the
/// partitions.
///
/// Thread contract: everything on the cluster's event loop.
final class GroupMemberDriver {
    let cluster: Cluster
    let fetcher: Fetcher
    let waiters: TakeWaiters<GroupEvent>
    let settings: GroupSettings
    let requests: CoordinatorRequests
    var membership: any GroupMembership
    var commits: CommitState
    var events: [GroupEvent] = []
    var revocation: Revocation?
    /// The topics of all members, and the partition counts that the last assignment was made from.
    var topicsAtAssignment: Set<String> = []
    var countsAtAssignment: [String: Int32] = [:]
    var commitPromises: [Int: EventLoopPromise<Void>] = [:]
    /// To be sent once no commit is on its way.
    var waitingJoin: (() -> Void)?
    var failure: GroupError?
    let ended: EventLoopPromise<Void>
    private let timer: LoopTimer
    private var isStepping = false
    var mustStepAgain = false
    var hasEnded = false

    init(cluster: Cluster, topics: Set<String>) {
        self.cluster = cluster
        settings = cluster.settings.group
        let nowMs = cluster.eventLoop.nowMs
        let backoff = cluster.settings.metadata.backoff
        fetcher = Fetcher(cluster: cluster)
        requests = CoordinatorRequests(cluster: cluster, groupID: settings.groupID)
        waiters = TakeWaiters(on: cluster.eventLoop)
        membership =
            switch settings.groupProtocol {
            case .classic:
                Membership(group: settings, topics: topics, backoff: backoff, nowMs: nowMs)
            case .consumer:
                ReconciledMembership(
                    group: settings, topics: topics, rack: cluster.settings.consumer.clientRack,
                    memberID: TopicID.random().description, backoff: backoff, nowMs: nowMs)
            }
        commits = CommitState(
            settings: settings, backoff: backoff,
            timeoutMs: cluster.settings.metadata.defaultApiTimeoutMs, nowMs: nowMs)
        ended = cluster.eventLoop.makePromise()
        timer = LoopTimer(on: cluster.eventLoop)
    }

    /// The membership of the classic protocol, if it is one.
    var classic: Membership? {
        get { membership as? Membership }
        set { if let newValue { membership = newValue } }
    }

    /// The membership of the consumer protocol, if it is one.
    var reconciled: ReconciledMembership? {
        get { membership as? ReconciledMembership }
        set { if let newValue { membership = newValue } }
    }

    var nowMs: Int64 { cluster.eventLoop.nowMs }

    var identity: GroupIdentity {
        GroupIdentity(
            groupID: settings.groupID, generation: membership.generation,
            memberID: membership.memberID, instanceID: membership.instanceID)
    }

    func start() {
        cluster.want(membership.topics)
        cluster.observe(self) { [self] in noticeMetadata() }
        fetcher.didStep = { [self] in settle() }
        requests.didEnd = { [self] outcome, ticket in
            membership.took(outcome, ticket: ticket, nowMs: nowMs)
            step()
        }
        fetcher.start()
        step()
    }

    /// Does what the state machines want, until they want nothing more.
    func step() {
        guard !hasEnded else { return settle() }
        mustStepAgain = true
        guard !isStepping else { return }
        isStepping = true
        while mustStepAgain, !hasEnded {
            mustStepAgain = false
            membership.jitter = .random(in: 0...1)
            commits.jitter = membership.jitter
            if !waiters.isEmpty { membership.polled(nowMs: nowMs) }
            membership.advance(nowMs: nowMs)
            for action in membership.takeActions() { perform(action) }
            if commits.isAutoCommitDue(nowMs: nowMs) { commitProcessed() }
            commits.advance(as: identity, canSend: canCommit, nowMs: nowMs)
            for action in commits.takeActions() { perform(action) }
            finishRevocation()
        }
        isStepping = false
        guard !hasEnded else { return settle() }
        let deadlines = [
            membership.nextDeadlineMs, commits.nextDeadlineMs(canSend: canCommit),
            revocation?.deadlineMs,
        ]
        timer.set(deadlines.compactMap(\.self).min()) { [self] in step() }
        settle()
    }

    var canCommit: Bool { membership.hasCoordinator && membership.isInGeneration }

    /// Positions behind what the application has processed, also of partitions that it is to give
    /// up.
    func commitProcessed() { commits.commitTaken(fetcher.state.queue.processed) }

    private func perform(_ action: MembershipAction) {
        switch action {
        case .send(let request, let ticket): send(request, ticket)
        case .assign(let assignor, let members): assign(assignor, members)
        case .revoke(let partitions): revoke(partitions)
        case .lose(let partitions):
            revocation = nil
            // An announcement that nobody took is void.
            events.removeAll { if case .revoked = $0 { true } else { false } }
            drop(partitions)
            events.append(.lost(partitions))
        case .take(let partitions):
            cluster.want(Set(partitions.map(\.topic)))
            events.append(.assigned(partitions))
            findOffsets(of: Set(partitions))
        case .refreshTopics: cluster.refreshMetadata()
        case .fail(let error):
            failure = error
            end()
        case .left: end()
        }
    }

    func drop(_ partitions: [TopicPartition]) {
        fetcher.state.remove(partitions)
        commits.forget(partitions, groupID: settings.groupID)
        fetcher.step()
    }

    private func end() {
        hasEnded = true
        timer.set(nil) {}
        cluster.stopObserving(self)
        fetcher.close()
        for promise in commitPromises.values {
            promise.fail(failure ?? .commitFailed(.unknownMemberID, group: settings.groupID))
        }
        commitPromises = [:]
        waitingJoin = nil
        if failure == nil { waiters.endAll() }
        ended.succeed()
    }

    private func noticeMetadata() {
        if let classic, classic.isLeader, classic.phase == .stable,
            countsAtAssignment != cluster.partitionCounts(of: topicsAtAssignment)
        {
            self.classic?.rejoin(nowMs: nowMs)
        }
        reconciled?.noticed(cluster.topicNames(of: membership.topics), nowMs: nowMs)
        step()
    }
}
