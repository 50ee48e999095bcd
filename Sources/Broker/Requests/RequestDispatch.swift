import KafkaProtocol

/// Finds the handler of a request.
///
/// An API that nobody handles ends the connection, as does a version that is not served, as in Kafka;
/// but a version of ApiVersions that is unknown is answered in version 0, with the ranges.
/// Thread contract: immutable.
final class RequestDispatch: Sendable {
    /// Decodes and answers one request.
    typealias Route =
        @Sendable (RequestFrame, Exchange) throws(ProtocolError) -> Void

    /// The next request of the same connection is taken when these have their answers, as in Kafka, which
    /// handles one at a time. They are done on threads beside the event loops, where a connection has one turn
    /// at a time; and what the first of them do is seen by the next request. All others are done, as far as a
    /// later request can tell, in the order in which they come.
    private static let awaited: Set<ApiKey> = [
        .metadata, .createTopics, .deleteTopics, .createPartitions, .deleteRecords, .alterConfigs,
        .incrementalAlterConfigs, .listOffsets, .describeConfigs, .describeLogDirs,
        .offsetForLeaderEpoch,
    ]

    /// What a request may take in memory, once decoded, to be handled on an event loop: so many elements that a
    /// loop is held for about a millisecond. Larger ones are handled beside it.
    private static let decodeLimitOnLoop = 32 << 10
    /// No request of more bytes is decoded there, apart from the records of Produce, which nobody copies.
    private static let byteLimitOnLoop = 256 << 10

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
                    transactions.ongoing.refusal(
                        of: ProducerIdentity(id: $1.id, epoch: $1.epoch), transactionalID: $0,
                        for: $2)?.codeForOffsets ?? .none
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
            return connection.fail("API \(header.rawApiKey) is not served")
        }
        guard header.isServed || apiKey == .apiVersions else {
            return connection.fail("version \(header.apiVersion) of \(apiKey) is not served")
        }
        let exchange = Exchange(
            connection: connection,
            slot: connection.openSlot(isAwaited: Self.awaited.contains(apiKey)),
            context: RequestContext(
                header: header, connection: connection.id,
                clientHost: "/\(connection.address)", localPort: connection.listener.bound.port,
                advertised: connection.listener.advertised))
        guard header.isServed else {
            return exchange.send(ApiVersionsHandler.unsupportedVersion(self), version: 0)
        }
        if unsafe frame.bytes.count > Self.byteLimitOnLoop, apiKey != .produce {
            return handleBeside(frame, exchange, route)
        }
        var lent = frame
        lent.decodeLimit = Self.decodeLimitOnLoop
        do throws(ProtocolError) {
            try route(lent, exchange)
        } catch {
            if case .tooLarge(Self.decodeLimitOnLoop) = error.reason {
                return handleBeside(frame, exchange, route)
            }
            exchange.close(because: "\(error)")
        }
    }

    private func handleBeside(
        _ frame: RequestFrame, _ exchange: Exchange, _ route: @escaping Route
    ) {
        exchange.goOnBeside { exchange in
            withExtendedLifetime(frame) {
                do throws(ProtocolError) {
                    try route(frame, exchange)
                } catch {
                    exchange.close(because: "\(error)")
                }
            }
        }
    }

    /// What ApiVersions tells.
    var ranges: [ApiVersionsResponse.VersionRange] {
        ApiVersionsHandler.ranges(of: Array(routes.keys))
    }
}
