import Glibc
import KafkaProtocol
import NIOCore
import RecordFormat

/// Carries out what a `FetchState` wants, over the connections of a cluster.
///
/// Thread contract: everything on the cluster's event loop.
final class Fetcher {
    let cluster: Cluster
    var state: FetchState
    /// Called after each step: there may be something to take.
    var didStep: () -> Void = {}
    private let timer: LoopTimer
    private var isStepping = false
    private var mustStepAgain = false
    /// Whether the state has the leaders that the metadata says.
    private var knowsLeaders = false
    private(set) var isClosed = false

    init(cluster: Cluster) {
        self.cluster = cluster
        state = FetchState(
            settings: cluster.settings.consumer, backoff: cluster.settings.metadata.backoff,
            replicaLeaseMs: cluster.settings.metadata.maxAgeMs)
        timer = LoopTimer(on: cluster.eventLoop)
    }

    private var nowMs: Int64 { cluster.eventLoop.nowMs }

    /// From now on changes of leaders are noticed.
    func start() {
        cluster.observe(self) { [self] in
            knowsLeaders = false
            step()
        }
    }

    func seek(_ positions: [TopicPartition: StartingPosition]) {
        state.seek(positions)
        cluster.want(Set(positions.keys.map(\.topic)))
        knowsLeaders = false
        step()
    }

    /// Does what the state wants, until it wants nothing more.
    func step() {
        guard !isClosed else { return }
        mustStepAgain = true
        guard !isStepping else { return }
        isStepping = true
        var nowMs = nowMs
        while mustStepAgain {
            mustStepAgain = false
            nowMs = self.nowMs
            state.jitter = .random(in: 0...1)
            state.wallClockMs = Self.wallClockMs
            if !knowsLeaders { learnLeaders() }
            knowsLeaders = true
            state.advance(nowMs: nowMs)
            for action in state.takeActions() { perform(action) }
        }
        isStepping = false
        // After the same moment: what was due then is done.
        timer.set(state.nextDeadlineMs(after: nowMs)) { [self] in step() }
        didStep()
    }

    /// Ends the sessions with the brokers.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        cluster.stopObserving(self)
        timer.set(nil) {}
        for (broker, request) in state.close() {
            _ = cluster.connection(to: broker, use: .data).flatMap { $0.send(request) }
        }
    }

    private static var wallClockMs: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    private func learnLeaders() {
        var leaders: [TopicPartition: PartitionLeader] = [:]
        for one in state.partitions.keys { leaders[one] = cluster.leader(of: one) }
        let topics = Set(leaders.keys.map(\.topic))
        let ids = topics.map { ($0, cluster.topicID(of: $0)) }
        state.leads(
            leaders, among: Set(cluster.metadata.brokers.keys),
            topicIDs: Dictionary(uniqueKeysWithValues: ids))
    }

    private func perform(_ action: FetchState.Action) {
        switch action {
        case .refreshMetadata: cluster.refreshMetadata()
        case .fetch(let broker, let request, let highestVersion, let ticket):
            send(
                request, to: broker, use: .data, highestVersion: highestVersion,
                waitMs: Int64(request.maxWaitMs), ticket
            ) {
                $0.noteErrors(of: $1.body, from: broker)
                $0.state.fetched(
                    $1.body, frame: $1.frame, ticket: ticket, nowMs: $0.nowMs)
            }
        case .listOffsets(let broker, let request, let ticket):
            send(request, to: broker, use: .control, waitMs: 0, ticket) {
                $0.state.listedOffsets($1.body, ticket: ticket, nowMs: $0.nowMs)
            }
        case .leaderEpoch(let broker, let request, let ticket):
            send(request, to: broker, use: .control, waitMs: 0, ticket) {
                $0.state.foundLeaderEpochs($1.body, ticket: ticket, nowMs: $0.nowMs)
            }
        }
    }

    private func noteErrors(of response: FetchResponse, from broker: Int32) {
        cluster.note(response.errorCode, of: broker)
        for topic in response.responses {
            for partition in topic.partitions {
                cluster.note(partition.errorCode, of: broker)
            }
        }
    }

    private func send<Body: Request>(
        _ request: Body, to broker: Int32, use: ConnectionUse, highestVersion: Int16 = .max,
        waitMs: Int64, _ ticket: Int,
        answer: @escaping (Fetcher, ResponseFrame<Body.Response>) -> Void
    ) {
        let timeoutMs = cluster.settings.connection.requestTimeoutMs + waitMs
        cluster.connection(to: broker, use: use)
            .flatMap { $0.send(request, highestVersion: highestVersion, timeoutMs: timeoutMs) }
            .assumeIsolated()
            .whenComplete { [self] result in
                guard !isClosed else { return }
                switch result {
                case .success(let response): answer(self, response)
                case .failure(let error): fail(Body.apiKey, ticket, error)
                }
                step()
            }
    }

    private func fail(_ api: ApiKey, _ ticket: Int, _ error: any Error) {
        guard let error = error as? ConnectionError, !error.isRetriable else {
            return state.requestFailed(ticket: ticket, nowMs: nowMs)
        }
        if api == .offsetForLeaderEpoch {
            state.cannotValidate(ticket: ticket, nowMs: nowMs)
        } else {
            state.cannotAsk(ticket: ticket, error)
        }
    }
}
