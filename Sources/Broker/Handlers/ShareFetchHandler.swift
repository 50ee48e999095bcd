// ShareFetch, versions 1–2 (KIP-932). Acknowledgements come first, then the fetch; both are answered together. Answers name
// only partitions that have something to tell. A partition that there is none of is told of at once, and is not kept in
// the session.
// Who opens a session must be a member of the group, which Kafka does not ask. There is no other broker to lead a
// partition. Records go from the segments' files to the socket by sendfile(2): only batches with records that
// the member has acquired, and what lies between them.

import CommitLog
import KafkaProtocol
import NIOCore
import RecordFormat

struct ShareFetchHandler {
    private let sharing: Sharing
    private let broker: Broker

    init(_ broker: Broker, _ sharing: Sharing) {
        self.broker = broker
        self.sharing = sharing
    }

    /// On the connection's event loop, or beside it where there are many partitions.
    func handle(_ frame: RequestFrame, _ exchange: Exchange) throws(ProtocolError) {
        let request: ShareFetchRequest = try frame.request(after: exchange.context.header)
        if let refusal = Refusal.ofShareRequest(
            group: request.groupID, member: request.memberID, exchange.context)
            ?? request.fault
        {
            return exchange.send(ShareFetchResponse(refusal))
        }
        let fetch = Fetch(request, sharing, broker, exchange)
        if request.shareSessionEpoch == ShareSessions.initialEpoch {
            fetch.open()
        } else {
            fetch.goOn()
        }
    }
}

extension ShareFetchRequest {
    /// What Kafka refuses, too.
    fileprivate var fault: Refusal? {
        let acknowledges = topics.contains { topic in
            topic.partitions.contains { !$0.acknowledgementBatches.isEmpty }
        }
        if shareSessionEpoch == ShareSessions.initialEpoch, acknowledges {
            return Refusal(
                .invalidRequest, "A request that opens a share session acknowledges nothing.")
        }
        if isRenewAck, maxBytes != 0 || minBytes != 0 || maxRecords != 0 || maxWaitMs != 0 {
            return Refusal(
                .invalidRequest,
                "maxBytes, minBytes, maxRecords and maxWaitMs must be 0 where isRenewAck is true.")
        }
        return nil
    }

    /// The places where there are partitions, and those where there are none, of which no session need know.
    fileprivate func places(
        in log: LogDirectory
    ) -> (present: [TopicIDPartition], missing: [TopicIDPartition]) {
        var (present, missing): ([TopicIDPartition], [TopicIDPartition]) = ([], [])
        for topic in topics {
            for index in topic.partitions.map(\.partitionIndex) {
                let place = TopicIDPartition(topicID: topic.topicID, partition: index)
                if log.partition(index, of: topic.topicID) == nil {
                    missing.append(place)
                } else {
                    present.append(place)
                }
            }
        }
        return (present, missing)
    }
}

extension ShareFetchResponse {
    init(_ refusal: Refusal) {
        self.init()
        errorCode = refusal.code
        errorMessage = refusal.message
    }
}

/// One request on its way: from the session over the acknowledgements to the records.
private struct Fetch: Sendable {
    let request: ShareFetchRequest
    let present: [TopicIDPartition]
    let missing: [TopicIDPartition]
    let group: String
    let key: ShareSessions.Key
    let sharing: Sharing
    let broker: Broker
    let exchange: Exchange

    init(
        _ request: ShareFetchRequest, _ sharing: Sharing, _ broker: Broker, _ exchange: Exchange
    ) {
        self.request = request
        (present, missing) = request.places(in: broker.log)
        group = request.groupID ?? ""
        key = ShareSessions.Key(group: group, member: request.memberID ?? "")
        self.sharing = sharing
        self.broker = broker
        self.exchange = exchange
    }

    private var connection: Connection { exchange.connection }

    /// The connection takes its next request once the session is there, which that request may belong to.
    func open() {
        let opened = Locked<Result<ShareSessions.Turn, Refusal>?>(nil)
        let look = { (isDone: @escaping @Sendable () -> Void) in
            sharing.groups.checkMember(request.memberID ?? "", of: group) { refusal in
                // The member cannot leave before this returns.
                let outcome = Result { () throws(Refusal) in
                    if let refusal { throw refusal }
                    return try sharing.sessions.open(key, on: connection.id, present)
                }
                opened.withLock { $0 = outcome }
                isDone()
            }
        }
        exchange.goOnBeside(after: look) { _ in
            guard let outcome = opened.withLock({ $0 }) else { return }
            onLoop { didOpen(outcome) }
        }
    }

    private func didOpen(_ outcome: Result<ShareSessions.Turn, Refusal>) {
        switch outcome {
        case .success(let turn):
            connection.whenClosed { [sharing] in sharing.connectionClosed($0) }
            read(turn, ShareAcknowledgements())
        case .failure(let refusal): refuse(refusal)
        }
    }

    /// Whoever gets no session comes again at once: so it is answered a bit later.
    private func refuse(_ refusal: Refusal) {
        let idleMs = min(max(request.maxWaitMs, 0), Self.longestIdleMs)
        guard idleMs > 0, connection.mayWait else {
            return exchange.send(ShareFetchResponse(refusal))
        }
        connection.eventLoop.scheduleTask(in: .milliseconds(Int64(idleMs))) {
            exchange.send(ShareFetchResponse(refusal))
        }
    }

    private static let longestIdleMs: Int32 = 500

    func goOn() {
        let forgotten = request.forgottenTopicsData.flatMap { topic in
            topic.partitions.map { TopicIDPartition(topicID: topic.topicID, partition: $0) }
        }
        let turn: ShareSessions.Turn
        do throws(Refusal) {
            turn = try sharing.sessions.advance(
                key, epoch: request.shareSessionEpoch, adding: present,
                forgetting: Set(forgotten))
        } catch {
            return exchange.send(ShareFetchResponse(error))
        }
        let acknowledged = ShareAcknowledgements(
            request.topics, group: group, holder: turn.holder, takesRenewals: request.isRenewAck,
            sharing, exchange.context)
        sharing.flush(acknowledged.written) { failure in
            var acknowledged = acknowledged
            if let failure { acknowledged.fail(failure) }
            if request.shareSessionEpoch == ShareSessions.finalEpoch,
                let ended = sharing.sessions.close(key)
            {
                sharing.release([ended])
            }
            read(turn, acknowledged)
        }
    }

    private func read(_ turn: ShareSessions.Turn, _ acknowledged: ShareAcknowledgements) {
        // As in Kafka, a client that lets no records or no bytes come gets none, and is answered at once.
        let fetches =
            !request.isRenewAck && request.maxRecords > 0 && request.maxBytes > 0
            && !turn.places.isEmpty
        guard fetches else {
            var turn = turn
            turn.places = []
            return begin(turn, acknowledged)
        }
        // What the client may not read its group does not begin to read.
        var rights = ShareTopicRights(exchange.context, broker.log)
        sharing.prepare(turn.places.filter { rights.allow($0.topicID) }, of: group) { refusals in
            begin(turn, acknowledged, refusals)
        }
    }

    private func begin(
        _ turn: ShareSessions.Turn, _ acknowledged: ShareAcknowledgements,
        _ refusals: [TopicIDPartition: Refusal] = [:]
    ) {
        let read = ShareFetchRead(
            request, turn, group: group, key: key, missing: missing, refusals: refusals,
            acknowledged, sharing, broker, exchange)
        onLoop { FetchWait(read, exchange).begin() }
    }

    private func onLoop(_ body: @escaping @Sendable () -> Void) {
        if connection.eventLoop.inEventLoop { body() } else { connection.eventLoop.execute(body) }
    }
}
