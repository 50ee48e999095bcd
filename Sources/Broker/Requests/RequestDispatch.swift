import KafkaProtocol

/// Finds the handler of a request.
///
/// A request of an API that is not served ends the connection. One of a version that is not served
/// is answered with UNSUPPORTED_VERSION where its client can read that: old versions of some APIs
/// have a form for it, and ApiVersions is always answered, in version 0, with the ranges. Otherwise
/// it ends the connection, as in Kafka. The log says so in each case.
/// Thread contract: immutable.
final class RequestDispatch: Sendable {
    /// Decodes and answers one request.
    typealias Route =
        @Sendable (RequestFrame, Exchange) throws(ProtocolError) -> Void

    /// The next request of the same connection is taken when these have their answers, as in Kafka,
    /// which handles one at a time. They are done on threads beside the event loops, where a
    /// connection has one turn at a time; and what the first of them do is seen by the next
    /// request. All others are done, as far as a later request can tell, in the order in which they
    /// come.
    private static let awaited: Set<ApiKey> = [
        .metadata, .createTopics, .deleteTopics, .createPartitions, .deleteRecords, .alterConfigs,
        .incrementalAlterConfigs, .listOffsets, .describeConfigs, .describeLogDirs,
        .offsetForLeaderEpoch, .describeTopicPartitions, .saslHandshake, .saslAuthenticate,
        .alterUserScramCredentials, .alterClientQuotas, .describeProducers, .pushTelemetry,
        .describeAcls, .createAcls, .deleteAcls,
    ]

    /// What a request may take in memory, once decoded, to be handled on an event loop: so many
    /// elements that a loop is held for about a millisecond. Larger ones are handled beside it.
    private static let decodeLimitOnLoop = 32 << 10
    /// No request of more bytes is decoded there, apart from the records of Produce, which nobody
    /// copies.
    private static let byteLimitOnLoop = 256 << 10

    private let routes: [ApiKey: Route]
    private let authorizer: Authorizer?

    /// Every API of the broker, one line each.
    convenience init(broker: Broker) {
        self.init(authorizer: broker.authorizer) { [unowned broker] routes in
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
            routes.add { OffsetFetchHandler(groups: broker.groups, log: broker.log) }
            routes.add { ListGroupsHandler(groups: broker.groups) }
            routes.add { DescribeGroupsHandler(groups: broker.groups) }
            routes.add { DeleteGroupsHandler(groups: broker.groups) }
            routes.add { ConsumerGroupHeartbeatHandler(groups: broker.groups) }
            routes.add { ConsumerGroupDescribeHandler(groups: broker.groups) }
            routes.add(.shareFetch) { (frame, exchange) throws(ProtocolError) in
                try ShareFetchHandler(broker, broker.sharing).handle(frame, exchange)
            }
            routes.add { ShareAcknowledgeHandler(sharing: broker.sharing) }
            routes.add { OffsetDeleteHandler(groups: broker.groups, log: broker.log) }
            routes.addShareGroups(broker)
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
                TxnOffsetCommitHandler(
                    groups: broker.groups, transactions: transactions, log: broker.log)
            }
            routes.add { ListTransactionsHandler(transactions: transactions) }
            routes.add { DescribeTransactionsHandler(transactions: transactions) }
            routes.add { DescribeProducersHandler(broker) }
            routes.add { WriteTxnMarkersHandler(transactions: transactions) }
            routes.add { CreateTopicsHandler(broker) }
            routes.add { DeleteTopicsHandler(broker) }
            routes.add { CreatePartitionsHandler(broker) }
            routes.add { DeleteRecordsHandler(broker) }
            routes.add { DescribeConfigsHandler(broker) }
            routes.add { AlterConfigsHandler(broker) }
            routes.add { IncrementalAlterConfigsHandler(broker) }
            routes.add { DescribeLogDirsHandler(broker) }
            routes.add { DescribeClusterHandler(broker) }
            routes.add { DescribeTopicPartitionsHandler(broker) }
            routes.add { OffsetForLeaderEpochHandler(broker) }
            routes.add {
                DescribeUserScramCredentialsHandler(credentials: broker.scramCredentials)
            }
            routes.add {
                AlterUserScramCredentialsHandler(
                    credentials: broker.scramCredentials, control: broker.control,
                    takesFromStrangers: !broker.config.asksSomewhere)
            }
            routes.addAcls(broker)
            routes.add { DescribeClientQuotasHandler(quotas: broker.quotas) }
            routes.add { ListConfigResourcesHandler(broker) }
            if broker.telemetry.mode != .none { routes.addTelemetry(broker) }
            routes.add { AlterClientQuotasHandler(quotas: broker.quotas, control: broker.control) }
            routes.add(.saslHandshake) { (frame, exchange) throws(ProtocolError) in
                let request: SaslHandshakeRequest = try frame.request(
                    after: exchange.context.header)
                exchange.connection.answer(request, exchange)
            }
            routes.add(.saslAuthenticate) { (frame, exchange) throws(ProtocolError) in
                let request: SaslAuthenticateRequest = try frame.request(
                    after: exchange.context.header)
                exchange.connection.answer(request, exchange)
            }
            routes.add { ElectLeadersHandler(broker) }
            routes.add { AlterPartitionReassignmentsHandler(broker) }
            routes.add { ListPartitionReassignmentsHandler() }
            routes.add { DescribeQuorumHandler(broker) }
            routes.add { UpdateFeaturesHandler() }
        }
    }

    init(authorizer: Authorizer? = nil, _ build: (inout Routes) -> Void) {
        self.authorizer = authorizer
        var routes = Routes()
        build(&routes)
        let ranges = ApiVersionsHandler.ranges(of: routes.table.keys + [.apiVersions])
        let apiVersions = ApiVersionsHandler(ranges: ranges)
        routes.add(.apiVersions) { (frame, exchange) throws(ProtocolError) in
            let request: ApiVersionsRequest = try frame.request(after: exchange.context.header)
            if !exchange.isBeside { exchange.connection.software = ClientSoftware(request) }
            apiVersions.handle(request, exchange.context, exchange.reply())
        }
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

    /// Handles one request, whose bytes are the callee's until this returns. On the connection's
    /// event loop.
    func handle(_ frame: RequestFrame, on connection: Connection) {
        if connection.login?.takesRawToken == true {
            return connection.takeRawToken(unsafe Array(frame.bytes))
        }
        let header: RequestHeader
        do throws(ProtocolError) {
            header = try frame.header()
        } catch {
            return connection.fail("\(error)")
        }
        guard let apiKey = header.apiKey, let served = routes[apiKey] else {
            return connection.fail(
                "client \(header.quotedClientID) asks for version \(header.apiVersion) of API "
                    + "\(header.rawApiKey), which is not served")
        }
        if let reason = connection.refusal(of: apiKey) { return connection.fail(reason) }
        let isRefusable = apiKey.refusableVersions.contains(header.apiVersion)
        guard header.isServed || isRefusable || apiKey == .apiVersions else {
            return connection.fail(Self.notServed(header, apiKey))
        }
        let charge = connection.charge(for: header, apiKey, byteCount: unsafe frame.bytes.count)
        let exchange = Exchange(
            connection: connection,
            slot: connection.openSlot(isAwaited: Self.awaited.contains(apiKey)),
            context: RequestContext(
                header: header, connection: connection.id,
                clientHost: "/\(connection.address)", principal: connection.principal,
                authorizer: authorizer, rights: connection.renewedRights(by: authorizer),
                localPort: connection.listener.bound.port,
                advertised: connection.listener.advertised, charge: charge))
        guard header.isServed || isRefusable else {
            return exchange.send(ApiVersionsHandler.unsupportedVersion(self), version: 0)
        }
        let route = isRefusable ? refusal(of: apiKey) : served
        if unsafe frame.bytes.count > Self.byteLimitOnLoop, apiKey != .produce {
            return handleBeside(frame, exchange, route)
        }
        var lent = frame
        lent.decodeLimit = Self.decodeLimitOnLoop
        do throws(ProtocolError) {
            try charge.turn { () throws(ProtocolError) in try route(lent, exchange) }
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

    private func refusal(of apiKey: ApiKey) -> Route {
        return { (frame, exchange) throws(ProtocolError) in
            try self.refuse(frame, apiKey, exchange)
        }
    }

    private func refuse(
        _ frame: RequestFrame, _ apiKey: ApiKey, _ exchange: Exchange
    ) throws(ProtocolError) {
        let header = exchange.context.header
        let reason = Self.notServed(header, apiKey)
        guard let type = apiKey.request as? any RefusableRequest.Type else {
            return exchange.close(because: reason)
        }
        do throws(ProtocolError) {
            try refuse(frame, type, exchange, reason)
        } catch {
            // It is refused beside the event loop.
            if case .tooLarge(frame.decodeLimit) = error.reason { throw error }
            exchange.close(because: "\(reason); \(error)")
        }
    }

    private func refuse<Body: RefusableRequest>(
        _ frame: RequestFrame, _ type: Body.Type, _ exchange: Exchange, _ reason: String
    ) throws(ProtocolError) {
        let request: Body = try frame.request(after: exchange.context.header)
        // A client that wants no answer would take this one for that to its next request.
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
    fileprivate var quotedClientID: String { (clientID ?? "").forLogLine }
}
