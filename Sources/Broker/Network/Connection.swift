import CommitLog
import KafkaProtocol
import NIOCore
import Security

/// One client: takes its requests one after the other and writes the answers in the same order.
///
/// Reading stops while the client has too many requests in flight, reads its answers too slowly, or
/// waits for memory for a large request; other connections are not affected.
/// Thread contract: a channel handler, so everything happens on the event loop of the channel;
/// `send`, `fill` and `end` may be called from any thread and hop there.
final class Connection: ChannelDuplexHandler, TurnTaker, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    let id: ConnectionID
    let eventLoop: any EventLoop
    let group: ConnectionGroup
    let services: ConnectionServices
    /// The peer's address as the limits count it.
    let address: String
    let listener: Listener
    /// The client's login; nil where the listener wants none.
    var login: Authenticator?
    private var setupTimeout: Scheduled<Void>?
    /// The listener's TLS, which comes in front of this handler; nil where there is none.
    let tls: SSLSettings?
    let isEncrypted: Bool
    /// Who the client is. On the event loop.
    var principal = Principal.anonymous {
        didSet { rights = nil }
    }
    /// What the client might do when it last sent a request. On the event loop.
    private var rights: AclRights?
    /// What the client calls its program, once it has said so. On the event loop.
    var software = ClientSoftware()
    /// What the client may use, and until when it takes no requests. On the event loop.
    var quota = ConnectionQuota()

    var context: ChannelHandlerContext?
    var assembler: FrameAssembler
    var order: ResponseOrder<Answer>
    /// What was read and not looked at yet.
    var unread: ByteBuffer?
    var isReadWanted = false
    var isProcessing = false
    /// Another turn of the event loop will go on with what is unread.
    var isTurnScheduled = false
    /// More of a request has come than there is memory for.
    var awaitsMemory = false
    /// The answers of all connections take as much memory as they may.
    var awaitsAnswers = false
    /// The memory of this connection's answers that are not written yet.
    var unwrittenByteCount = 0
    /// When the client was last seen to take some of them, and how much was left then.
    private var lastTaken = (at: NIODeadline.now(), left: 0)
    /// What is left of the answer that is being written, or is next.
    var unwrittenParts = CircularBuffer<OutgoingFrame>()
    var needsFlush = false
    /// No more requests are taken; the connection ends when everything is written.
    var isEnding = false
    /// The answer at which the connection ends has had its turn: what comes after it is not
    /// written.
    var isCut = false
    var isClosed = false
    var writesUnderWay = 0
    /// The bytes of these.
    var byteCountUnderWay = 0
    /// When the first bytes of the unfinished request came.
    var frameBegan = NIODeadline.now()
    /// When bytes came last, or the broker began to read on.
    var lastRead = NIODeadline.now()
    var lastActivity = NIODeadline.now()
    /// Taken out while a thread, which need not be the event loop's, reads with them.
    private let reading = Locked<ReadPositions?>(nil)
    /// Fetches that wait for records.
    private var waits: [ObjectIdentifier: any WaitingFetch] = [:]
    /// Is told when the connection ends. On the event loop.
    private var onClose: (@Sendable (ConnectionID) -> Void)?

    init(
        id: ConnectionID, group: ConnectionGroup, services: ConnectionServices,
        address: String, listener: Listener, tls: SSLSettings? = nil,
        login: LoginService? = nil
    ) {
        self.id = id
        self.group = group
        self.services = services
        self.address = address
        self.listener = listener
        self.tls = tls
        isEncrypted = tls != nil
        self.login = login.map { Authenticator($0) }
        eventLoop = group.eventLoop
        assembler = FrameAssembler(
            maximumByteCount: login == nil
                ? services.maxRequestByteCount : services.maxLoginByteCount)
        order = ResponseOrder(
            maxInFlight: services.maxInFlight,
            maxUnwrittenByteCount: services.maxUnwrittenByteCount)
    }

    // The life of the channel.

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        group.add(self)
        guard isEncrypted || login != nil else { return }
        setupTimeout = eventLoop.assumeIsolated().scheduleTask(in: services.setupTimeout) {
            self.services.complaints.warning(
                "\(self.id) from \(self.address) ended: it has not come to terms within "
                    + "weir.authentication.timeout.ms")
            self.closeNow()
        }
    }

    /// The client has all that it needs to send requests: TLS, and a login.
    func didSetUp() {
        setupTimeout?.cancel()
        setupTimeout = nil
        assembler.maximumByteCount = services.maxRequestByteCount
    }

    func channelInactive(context: ChannelHandlerContext) {
        didClose()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        didClose()
        self.context = nil
    }

    private func didClose() {
        guard !isClosed else { return }
        isClosed = true
        setupTimeout?.cancel()
        setupTimeout = nil
        quota.end()
        group.remove(self)
        services.limits.leave(address, listener: listener.name)
        unread = nil
        unwrittenParts.removeAll()
        didWriteAnswer(of: unwrittenByteCount)
        assembler.abandon()
        for wait in waits.values { wait.abandon() }
        waits.removeAll()
        reading.withLock { $0 = nil }
        onClose?(id)
        onClose = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if isEncrypted, let reason = faultOfTLS(error) {
            services.complaints.warning("\(id) from \(address) ended: \(reason)")
        } else {
            // Mostly a peer that went away; nobody is left to be told.
            services.logger.debug("\(id) from \(address): \(error)")
        }
        closeNow()
    }

    func closeNow() {
        // TLS waits a moment for the peer to close its side, and may bring requests meanwhile.
        isEnding = true
        unread = nil
        context?.close(promise: nil)
    }

    /// Takes no more requests, ends waits for records, and closes when everything is answered.
    func drain() {
        isEnding = true
        unread = nil
        for wait in Array(waits.values) { wait.finish() }
        writeAnswers()
        closeIfDone()
    }

    /// Closes the connection where nothing has happened since `deadline`, unless a handler still
    /// works for it. A client that has sent half a request, does not read its answers, or has to wait for a
    /// quota for longer than that, is idle, too.
    func closeIfIdle(since deadline: NIODeadline) {
        guard lastActivity < deadline, !order.isWaiting else { return }
        closeNow()
    }

    /// Whether the rest of a request has not come for too long, though it would have been read.
    /// While others wait for memory such a connection ends: else they might wait for ever.
    func isHoarding(silentSince: NIODeadline, begunBefore: NIODeadline) -> Bool {
        guard assembler.buffer != nil, !awaitsMemory, !isClosed else { return false }
        return frameBegan < begunBefore || (mayRead && lastRead < silentSince)
    }

    /// Whether the client takes nothing of its answers. While others wait for their memory such a
    /// connection ends.
    func isNotReading(since deadline: NIODeadline, now: NIODeadline) -> Bool {
        guard unwrittenByteCount > 0, !isClosed, let context else { return false }
        let option = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)
        let left = unwrittenByteCount + Int(option ?? 0)
        if left != lastTaken.left { lastTaken = (now, left) }
        return lastTaken.at < deadline
    }

    func closeAsSilentReader() {
        services.complaints.warning(
            "\(id) from \(address) ended: it does not read its answers, and others wait for memory")
        closeNow()
    }

    func closeAsHoarder() {
        let reason =
            quota.isMuted
            ? "half of it has come, and a quota holds up the rest" : "it does not send it"
        services.complaints.warning(
            "\(id) from \(address) ended: it holds memory for a request, and \(reason)")
        closeNow()
    }

    // Fetching.

    /// The connection's places in the logs that it reads. From any thread; a thread that comes
    /// while another one has them finds none, and searches.
    func withReadPositions<Result>(_ body: (inout ReadPositions) -> Result) -> Result {
        var positions = reading.withLock { $0.take() } ?? ReadPositions()
        let result = body(&positions)
        let kept = positions
        reading.withLock { $0 = kept }
        return result
    }

    func releaseIdleCursors() { reading.withLock { $0?.releaseIdle() } }

    /// What the client may do by the ACLs that hold now; nil without an authorizer.
    func renewedRights(by authorizer: Authorizer?) -> AclRights? {
        guard let authorizer else { return nil }
        let renewed = authorizer.rights(
            of: rights?.client ?? AclClient(principal: principal, host: address[...]), last: rights)
        rights = renewed
        return renewed
    }

    func add(_ wait: any WaitingFetch) { waits[ObjectIdentifier(wait)] = wait }
    func remove(_ wait: any WaitingFetch) { waits[ObjectIdentifier(wait)] = nil }

    /// Calls back once when the connection has ended: at once where it has. The share sessions alone ask
    /// for that, so one callback is kept. On the event loop.
    func whenClosed(_ body: @escaping @Sendable (ConnectionID) -> Void) {
        if isClosed { body(id) } else { onClose = body }
    }

    /// Whether a fetch may wait here: not while the connection is ending.
    var mayWait: Bool { !isEnding && !isClosed }
}
