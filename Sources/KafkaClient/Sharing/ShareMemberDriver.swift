import KafkaProtocol
import NIOCore
import RecordFormat

/// Carries out what the membership of a share group and a `ShareFetchState` want.
///
/// Thread contract: everything on the cluster's event loop.
final class ShareMemberDriver {
    /// Of ShareFetch and ShareAcknowledge.
    private static let firstVersionWithModes: Int16 = 2

    let cluster: Cluster
    let settings: ShareSettings
    let groupID: String
    var membership: ReconciledMembership
    var state: ShareFetchState
    /// How often the member had to give up a partition.
    private(set) var lostPartitionCount = 0
    private let requests: CoordinatorRequests
    private let waiters: TakeWaiters<[ShareRecords]>
    private var commits: [EventLoopPromise<[TopicPartition: ErrorCode]>] = []
    private var failure: GroupError?
    /// Brokers whose ShareFetch and ShareAcknowledge have no acquire mode and no renewal: those of Kafka 4.1.
    private var oldBrokers: Set<Int32> = []
    private let ended: EventLoopPromise<Void>
    private let timer: LoopTimer
    private var isStepping = false
    private var mustStepAgain = false
    private var knowsLeaders = false
    private var hasEnded = false
    /// When the close is over, even if a broker does not answer: its session ends with the connection, or its locks.
    private var closeDeadlineMs: Int64?

    init(cluster: Cluster, topics: Set<String>) {
        self.cluster = cluster
        settings = cluster.settings.share
        groupID = cluster.settings.group.groupID
        let backoff = cluster.settings.metadata.backoff
        membership = ReconciledMembership(
            .share, group: cluster.settings.group, topics: topics,
            rack: cluster.settings.consumer.clientRack, memberID: TopicID.random().description,
            backoff: backoff, nowMs: cluster.eventLoop.nowMs)
        state = ShareFetchState(
            consumer: cluster.settings.consumer, share: settings, groupID: groupID,
            memberID: membership.memberID, backoff: backoff)
        requests = CoordinatorRequests(cluster: cluster, groupID: groupID)
        waiters = TakeWaiters(on: cluster.eventLoop)
        ended = cluster.eventLoop.makePromise()
        timer = LoopTimer(on: cluster.eventLoop)
    }

    private var nowMs: Int64 { cluster.eventLoop.nowMs }

    func start() {
        cluster.want(membership.topics)
        cluster.observe(self) { [self] in
            knowsLeaders = false
            membership.noticed(cluster.topicNames(of: membership.topics), nowMs: nowMs)
            step()
        }
        requests.didEnd = { [self] outcome, ticket in
            membership.took(outcome, ticket: ticket, nowMs: nowMs)
            step()
        }
        step()
    }

    // MARK: What the application asks for

    func next(within time: TimeAmount) -> EventLoopFuture<[ShareRecords]?> {
        if settings.acknowledgementMode == .implicit { state.acceptHeld() }
        let future = waiters.add(within: time)
        membership.polled(nowMs: nowMs)
        step()
        return future
    }

    func acknowledge(
        _ range: OffsetRanges.Range, of one: TopicPartition, _ type: AcknowledgeType
    ) -> EventLoopFuture<Void> {
        if type == .renew, !state.givers(of: range, in: one).isDisjoint(with: oldBrokers) {
            return cluster.eventLoop.makeFailedFuture(
                GroupError.tooOld("Renewing an acquisition lock", group: groupID))
        }
        guard state.acknowledge(range, of: one, type) else {
            return cluster.eventLoop.makeFailedFuture(
                GroupError.partition(one, .invalidRecordState, group: groupID))
        }
        // Others go when the application asks for more, or commits.
        if type == .renew { step() }
        return cluster.eventLoop.makeSucceededVoidFuture()
    }

    func commit() -> EventLoopFuture<[TopicPartition: ErrorCode]> {
        if settings.acknowledgementMode == .implicit { state.acceptHeld() }
        let promise = cluster.eventLoop.makePromise(of: [TopicPartition: ErrorCode].self)
        if hasEnded {
            promise.fail(failure ?? .commitFailed(.unknownMemberID, group: groupID))
        } else {
            commits.append(promise)
            step()
        }
        return promise.futureResult
    }

    func close() -> EventLoopFuture<Void> {
        closeDeadlineMs = closeDeadlineMs ?? nowMs + cluster.settings.connection.requestTimeoutMs
        state.close()
        step()
        return ended.futureResult
    }

    var assignment: Set<TopicPartition> {
        get throws(GroupError) {
            if let failure { throw failure }
            return membership.owned
        }
    }

    // MARK: Steps

    /// Does what the state machines want, until they want nothing more.
    func step() {
        guard !hasEnded else { return settle() }
        mustStepAgain = true
        guard !isStepping else { return }
        isStepping = true
        while mustStepAgain, !hasEnded {
            mustStepAgain = false
            if let closeDeadlineMs, nowMs >= closeDeadlineMs {
                end(nil)
                break
            }
            membership.jitter = .random(in: 0...1)
            state.jitter = membership.jitter
            if !waiters.isEmpty { membership.polled(nowMs: nowMs) }
            // A member that leaves closes its sessions first: what it has not acknowledged is then anybody's at once.
            if state.hasClosed { membership.close(nowMs: nowMs) }
            membership.advance(nowMs: nowMs)
            for action in membership.takeActions() { perform(action) }
            guard !hasEnded else { break }
            if !knowsLeaders { learnLeaders() }
            settle()
            state.isWanted = !waiters.isEmpty
            state.isFlushing = !commits.isEmpty
            state.advance(nowMs: nowMs)
            for action in state.takeActions() { perform(action) }
            if state.hasClosed, !membership.isClosing, membership.phase != .leaving {
                mustStepAgain = true
            }
        }
        isStepping = false
        guard !hasEnded else { return settle() }
        let nowMs = nowMs
        let deadlines = [
            membership.nextDeadlineMs, state.nextDeadlineMs(after: nowMs), closeDeadlineMs,
        ]
        timer.set(deadlines.compactMap(\.self).min()) { [self] in step() }
        settle()
    }

    /// Gives those who wait what there is.
    private func settle() {
        waiters.settle {
            if let records = try state.take() { return records }
            if let failure { throw failure }
            return nil
        }
        guard !commits.isEmpty, state.hasSaidAll else { return }
        let refusals = state.takeRefusals()
        let done = commits
        commits = []
        for promise in done { promise.succeed(refusals) }
    }

    private func learnLeaders() {
        knowsLeaders = true
        var leaders: [TopicPartition: PartitionLeader] = [:]
        for one in state.partitions.keys { leaders[one] = cluster.leader(of: one) }
        let topics = Set(leaders.keys.map(\.topic)).union(membership.topics)
        state.leads(
            leaders,
            topicIDs: Dictionary(uniqueKeysWithValues: topics.map { ($0, cluster.topicID(of: $0)) })
        )
    }

    private func perform(_ action: MembershipAction) {
        switch action {
        case .send(.findCoordinator, let ticket): requests.findCoordinator(ticket)
        case .send(.shareHeartbeat(let request), let ticket):
            requests.send(request, ticket) { .reconciling(HeartbeatAnswer($0)) }
        case .take(let partitions):
            cluster.want(Set(partitions.map(\.topic)))
            if !state.isClosing { state.add(partitions) }
            knowsLeaders = false
        case .revoke(let partitions):
            // Nobody waits for it: what the application still has it may acknowledge all the same.
            lose(partitions)
            membership.revoked(nowMs: nowMs)
            mustStepAgain = true
        case .lose(let partitions): lose(partitions)
        case .refreshTopics: cluster.refreshMetadata()
        case .fail(let error): end(error)
        case .left: end(nil)
        // Of other protocols, and never wanted.
        case .send, .assign: break
        }
    }

    private func lose(_ partitions: [TopicPartition]) {
        lostPartitionCount += partitions.count
        state.remove(partitions)
    }

    private func end(_ failure: GroupError?) {
        hasEnded = true
        self.failure = failure
        timer.set(nil) {}
        cluster.stopObserving(self)
        requests.didEnd = { _, _ in }
        for promise in commits {
            promise.fail(failure ?? .commitFailed(.unknownMemberID, group: groupID))
        }
        commits = []
        if failure == nil { waiters.endAll() }
        ended.succeed()
    }

    private func perform(_ action: ShareFetchState.Action) {
        switch action {
        case .refreshMetadata: cluster.refreshMetadata()
        case .fetch(let broker, let request, let ticket):
            send(request, to: broker, waitMs: Int64(request.maxWaitMs), ticket) {
                $0.noteErrors(of: $1.body, from: broker)
                $0.state.fetched($1.body, frame: $1.frame, ticket: ticket, nowMs: $0.nowMs)
            }
        case .acknowledge(let broker, let request, let ticket):
            send(request, to: broker, waitMs: 0, ticket) {
                $0.state.acknowledged($1.body, ticket: ticket, nowMs: $0.nowMs)
            }
        }
    }

    private func noteErrors(of response: ShareFetchResponse, from broker: Int32) {
        cluster.note(response.errorCode, of: broker)
        for partition in response.responses.lazy.flatMap(\.partitions) {
            cluster.note(partition.errorCode, of: broker)
        }
    }

    /// An older version leaves out the acquire mode, and the broker would do something else than it was told.
    private func refusal(of connection: BrokerConnection, to broker: Int32) -> GroupError? {
        let version = try? connection.versions.version(of: .shareFetch)
        guard let version, version < Self.firstVersionWithModes else {
            oldBrokers.remove(broker)
            return nil
        }
        oldBrokers.insert(broker)
        guard settings.acquireMode == .recordLimit else { return nil }
        return .tooOld("share.acquire.mode=record_limit", group: groupID)
    }

    /// All on one connection: a broker ends the session with the connection that it came by.
    private func send<Body: Request>(
        _ request: Body, to broker: Int32, waitMs: Int64, _ ticket: Int,
        answer: @escaping (ShareMemberDriver, ResponseFrame<Body.Response>) -> Void
    ) {
        let timeoutMs = cluster.settings.connection.requestTimeoutMs + waitMs
        cluster.connection(to: broker, use: .data)
            .assumeIsolated()
            .flatMap { [self] connection -> EventLoopFuture<ResponseFrame<Body.Response>> in
                if let error = refusal(of: connection, to: broker) {
                    return cluster.eventLoop.makeFailedFuture(error)
                }
                return connection.send(request, timeoutMs: timeoutMs)
            }
            .whenComplete { [self] result in
                guard !hasEnded else { return }
                switch result {
                case .success(let response): answer(self, response)
                case .failure(let error as GroupError):
                    state.cannotAsk(ticket: ticket, error, nowMs: nowMs)
                case .failure(let error as ConnectionError) where !error.isRetriable:
                    state.cannotAsk(
                        ticket: ticket,
                        CoordinatorRequests.failure(error, of: Body.apiKey, group: groupID),
                        nowMs: nowMs)
                case .failure: state.requestFailed(ticket: ticket, nowMs: nowMs)
                }
                step()
            }
    }
}
