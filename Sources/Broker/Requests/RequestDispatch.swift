import KafkaProtocol

/// Finds the handler of a request.
///
/// An API that nobody handles ends the connection, as does a version that is not served, as in Kafka, where
/// there is no form of UNSUPPORTED_VERSION that its client can read: that is answered to versions of old,
/// and of ApiVersions to all, in version 0, with the ranges. Either is said in the log.
/// Thread contract: immutable.
final class RequestDispatch: Sendable {
    /// Decodes and answers one request.
    typealias Route =
        @Sendable (RequestFrame, Exchange) throws(ProtocolError) -> Void

    /// What these do is seen by the next request of the same connection, as in Kafka, which handles one
    /// at a time. They are done on a thread of their own; all others are done, as far as a later request
    /// can tell, in the order in which they come.
    private static let awaited: Set<ApiKey> = [
        .metadata, .createTopics, .deleteTopics, .createPartitions, .deleteRecords, .alterConfigs,
        .incrementalAlterConfigs,
    ]

    private let routes: [ApiKey: Route]

    /// Every API of the broker, each a line.
    convenience init(broker: Broker) {
        self.init { [unowned broker] routes in
            routes.add(.produce) { (frame, exchange) throws(ProtocolError) in
                try ProduceHandler(broker).handle(frame, exchange)
            }
            routes.add(.fetch) { (frame, exchange) throws(ProtocolError) in
                try FetchHandler(broker).handle(frame, exchange)
            }
            routes.add { ListOffsetsHandler(broker) }
            routes.add { MetadataHandler(broker) }
            routes.add { FindCoordinatorHandler(groups: broker.groups, nodeID: broker.nodeID) }
            routes.add { JoinGroupHandler(groups: broker.groups) }
            routes.add { SyncGroupHandler(groups: broker.groups) }
            routes.add { HeartbeatHandler(groups: broker.groups) }
            routes.add { LeaveGroupHandler(groups: broker.groups) }
            routes.add { OffsetCommitHandler(groups: broker.groups, log: broker.log) }
            routes.add { OffsetFetchHandler(groups: broker.groups) }
            routes.add { ListGroupsHandler(groups: broker.groups) }
            routes.add { DescribeGroupsHandler(groups: broker.groups) }
            routes.add { DeleteGroupsHandler(groups: broker.groups) }
            routes.add { OffsetDeleteHandler(groups: broker.groups, log: broker.log) }
            let transactions = broker.transactions
            routes.add { InitProducerIDHandler(transactions: transactions) }
            routes.add { AddPartitionsToTxnHandler(transactions: transactions, log: broker.log) }
            routes.add {
                AddOffsetsToTxnHandler(
                    transactions: transactions,
                    offsetsPartition: { [groups = broker.groups] in groups.partition(for: $0) })
            }
            routes.add { EndTxnHandler(transactions: transactions) }
            routes.add {
                TxnOffsetCommitHandler(groups: broker.groups, log: broker.log) {
                    let refusal = transactions.ongoing.refusal(
                        of: ProducerIdentity(id: $1.id, epoch: $1.epoch), transactionalID: $0,
                        for: $2)
                    // What a producer of records is to try again, one of offsets knows by this name.
                    return refusal == .notEnoughReplicas
                        ? .coordinatorNotAvailable : refusal ?? .none
                }
            }
            routes.add { CreateTopicsHandler(broker) }
            routes.add { DeleteTopicsHandler(broker) }
            routes.add { CreatePartitionsHandler(broker) }
            routes.add { DeleteRecordsHandler(broker) }
            routes.add { DescribeConfigsHandler(broker) }
            routes.add { AlterConfigsHandler(broker) }
            routes.add { IncrementalAlterConfigsHandler(broker) }
            routes.add { DescribeLogDirsHandler(broker) }
            routes.add { DescribeClusterHandler(broker) }
            routes.add { OffsetForLeaderEpochHandler(broker) }
        }
    }

    init(_ build: (inout Routes) -> Void) {
        var routes = Routes()
        build(&routes)
        let ranges = ApiVersionsHandler.ranges(of: routes.table.keys + [.apiVersions])
        routes.add { ApiVersionsHandler(ranges: ranges) }
        self.routes = routes.table
    }

    /// The routes while they are gathered.
    struct Routes {
        fileprivate var table: [ApiKey: Route] = [:]

        /// A handler of messages alone.
        mutating func add<Handler: RequestHandler>(_ make: @escaping @Sendable () -> Handler) {
            add(Handler.Body.apiKey) { (frame, exchange) throws(ProtocolError) in
                let request: Handler.Body = try frame.request(after: exchange.context.header)
                make().handle(request, exchange.context, exchange.reply())
            }
        }

        /// A handler that takes records out of the frame or sends them from files.
        mutating func add(_ apiKey: ApiKey, _ route: @escaping Route) {
            table[apiKey] = route
        }
    }

    /// Handles one request, whose bytes are the callee's until this returns. On the connection's event
    /// loop.
    func handle(_ frame: RequestFrame, on connection: Connection) {
        let header: RequestHeader
        do throws(ProtocolError) {
            header = try frame.header()
        } catch {
            return connection.fail("\(error)")
        }
        guard let apiKey = header.apiKey, let route = routes[apiKey] else {
            return connection.fail(
                "client \(header.quotedClientID) asks for version \(header.apiVersion) of API "
                    + "\(header.rawApiKey), which is not served")
        }
        let isRefusable = apiKey.refusableVersions.contains(header.apiVersion)
        guard header.isServed || isRefusable || apiKey == .apiVersions else {
            return connection.fail(Self.notServed(header, apiKey))
        }
        let exchange = Exchange(
            connection: connection,
            slot: connection.openSlot(isAwaited: Self.awaited.contains(apiKey)),
            context: RequestContext(
                header: header, connection: connection.id,
                clientHost: "/\(connection.address)", localPort: connection.listener.bound.port,
                advertised: connection.listener.advertised))
        if isRefusable { return refuse(frame, apiKey, exchange) }
        guard header.isServed else {
            return exchange.send(ApiVersionsHandler.unsupportedVersion(self), version: 0)
        }
        do throws(ProtocolError) {
            try route(frame, exchange)
        } catch {
            exchange.close(because: "\(error)")
        }
    }

    private func refuse(_ frame: RequestFrame, _ apiKey: ApiKey, _ exchange: Exchange) {
        let header = exchange.context.header
        let reason = Self.notServed(header, apiKey)
        guard let type = apiKey.request as? any RefusableRequest.Type else {
            return exchange.close(because: reason)
        }
        do throws(ProtocolError) {
            try refuse(frame, type, exchange, reason)
        } catch {
            exchange.close(because: "\(reason); \(error)")
        }
    }

    private func refuse<Body: RefusableRequest>(
        _ frame: RequestFrame, _ type: Body.Type, _ exchange: Exchange, _ reason: String
    ) throws(ProtocolError) {
        let request: Body = try frame.request(after: exchange.context.header)
        // Who wants no answer would take one for the next request's.
        if let produce = request as? ProduceRequest, produce.acks == 0 {
            return exchange.close(because: reason)
        }
        let connection = exchange.connection
        connection.services.complaints.warning(
            "\(connection.id) from \(connection.address): \(reason)")
        exchange.send(request.refused(.unsupportedVersion))
    }

    private static func notServed(_ header: RequestHeader, _ apiKey: ApiKey) -> String {
        let served = apiKey.servedVersions
        return
            "client \(header.quotedClientID) asks for version \(header.apiVersion) of \(apiKey), which is "
            + "not served: \(served.lowerBound) to \(served.upperBound) are"
    }

    /// What ApiVersions tells.
    var ranges: [ApiVersionsResponse.VersionRange] {
        ApiVersionsHandler.ranges(of: Array(routes.keys))
    }
}

extension RequestHeader {
    /// For a line of the log, whatever the client calls itself.
    fileprivate var quotedClientID: String {
        String(reflecting: String(decoding: (clientID ?? "").utf8.prefix(64), as: UTF8.self))
    }
}
