import CommitLog
import KafkaProtocol
import NIOCore

/// One client: takes its requests one after the other and writes the answers in the same order.
///
/// Reading stops while the client has too many requests in flight, reads its answers too slowly, or
/// waits for memory for a large request; nothing of the others is affected.
/// Thread contract: a channel handler, so everything happens on the event loop of the channel; `send`,
/// `fill` and `end` may be called from any thread and hop there.
final class Connection: ChannelDuplexHandler, @unchecked Sendable {
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

    private var context: ChannelHandlerContext?
    private var assembler: FrameAssembler
    private var order: ResponseOrder<Answer>
    /// What was read and not looked at yet.
    private var unread: ByteBuffer?
    private var isReadWanted = false
    private var isProcessing = false
    private var needsFlush = false
    /// No more requests are taken; the connection ends when everything is written.
    private var isEnding = false
    /// The answer at which the connection ends has had its turn: what comes after it is not written.
    private var isCut = false
    private var writesUnderWay = 0
    private var isClosed = false
    /// The size of the frame that waits for memory.
    private var awaitedByteCount: Int?
    private var reservedByteCount = 0
    private var reservedAt = NIODeadline.now()
    private var lastActivity = NIODeadline.now()
    private var reading = ReadPositions()
    /// Fetches that wait for records.
    private var waits: [ObjectIdentifier: FetchWait] = [:]

    init(
        id: ConnectionID, group: ConnectionGroup, services: ConnectionServices,
        address: String, listener: Listener
    ) {
        self.id = id
        self.group = group
        self.services = services
        self.address = address
        self.listener = listener
        eventLoop = group.eventLoop
        assembler = FrameAssembler(maximumByteCount: services.maxRequestByteCount)
        order = ResponseOrder(
            maxInFlight: services.maxInFlight,
            maxUnwrittenByteCount: services.maxUnwrittenByteCount)
    }

    // The life of the channel.

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        group.add(self)
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
        group.remove(self)
        services.limits.leave(address)
        unread = nil
        for wait in waits.values { wait.abandon() }
        waits.removeAll()
        reading.removeAll()
        // Memory that was granted just now is given back when the grant arrives.
        if awaitedByteCount != nil { _ = services.memory.cancel(id) }
        if reservedByteCount > 0 { services.memory.giveBack(reservedByteCount) }
        reservedByteCount = 0
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A peer that went away, mostly; there is nobody to tell.
        services.logger.debug("\(id) from \(address): \(error)")
        context.close(promise: nil)
    }

    func closeNow() { context?.close(promise: nil) }

    /// Takes no more requests, ends waits for records, and closes when everything is answered.
    func drain() {
        isEnding = true
        unread = nil
        for wait in Array(waits.values) { wait.finish() }
        writeAnswers()
        closeIfDone()
    }

    /// A handler that still works keeps its connection; a client that sends half a request, or does not
    /// read its answers, does not.
    func closeIfIdle(since deadline: NIODeadline) {
        guard lastActivity < deadline, !order.isWaiting else { return }
        closeNow()
    }

    /// Memory that others wait for must be filled in time: who states a large length and sends little
    /// would keep them all waiting.
    func closeIfHoarding(since deadline: NIODeadline) {
        guard reservedByteCount > 0, reservedAt < deadline, services.memory.waiterCount > 0 else {
            return
        }
        services.complaints.warning(
            "\(id) from \(address) ended: it holds memory for a request and does not send it")
        closeNow()
    }

    // Reading.

    func read(context: ChannelHandlerContext) {
        if mayRead { context.read() } else { isReadWanted = true }
    }

    private var mayRead: Bool {
        !isEnding && unread == nil && awaitedByteCount == nil && order.mayTakeRequest
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        guard !isEnding else { return }
        if var rest = unread {
            rest.writeBuffer(&bytes)
            unread = rest
        } else {
            unread = bytes
        }
        process()
    }

    /// Takes requests while there are whole ones and the limits allow it.
    private func process() {
        guard !isProcessing, !isClosed else { return }
        isProcessing = true
        repeat {
            while mayTakeFrame, let bytes = unread.take() { takeFrame(bytes) }
            flush()
        } while mayTakeFrame && unread != nil
        isProcessing = false
        if isReadWanted, mayRead {
            isReadWanted = false
            context?.read()
        }
    }

    private var mayTakeFrame: Bool {
        !isEnding && !isClosed && awaitedByteCount == nil && order.mayTakeRequest
    }

    private func takeFrame(_ read: ByteBuffer) {
        var bytes = read
        defer { if bytes.readableBytes > 0, !isEnding { unread = bytes } }
        do throws(FrameLengthError) {
            var consumed = 0
            let step = try unsafe bytes.withUnsafeReadableBytes {
                (bytes) throws(FrameLengthError) in
                try unsafe assembler.step(bytes, consumed: &consumed)
            }
            bytes.moveReaderIndex(forwardBy: consumed)
            switch step {
            case .needsBytes:
                break
            case .frameInPlace(let byteCount):
                handleInPlace(bytes, byteCount: byteCount)
                bytes.moveReaderIndex(forwardBy: byteCount)
                assembler.didTakeInPlace()
            case .needsBuffer(let byteCount):
                takeMemory(byteCount)
            case .frameIsWhole:
                guard let frame = assembler.take() else { break }
                withExtendedLifetime(frame) { frame in
                    unsafe handle(RequestFrame(bytes: frame.bytes))
                }
                services.memory.giveBack(reservedByteCount)
                reservedByteCount = 0
            }
        } catch {
            fail("\(error)")
        }
    }

    /// Handles a frame where it was read, and lets the log write its offsets into it.
    ///
    /// The channel keeps a reference to the buffer so as to read into it again, which would make a
    /// mutation through `ByteBuffer` copy all of it. But it does not look at the bytes, and reads into
    /// the buffer only once nobody else has it: they are this handler's alone.
    private func handleInPlace(_ bytes: ByteBuffer, byteCount: Int) {
        unsafe bytes.withUnsafeReadableBytes { bytes in
            unsafe handle(
                RequestFrame(
                    bytes: UnsafeMutableRawBufferPointer(
                        mutating: UnsafeRawBufferPointer(rebasing: bytes[..<byteCount]))))
        }
    }

    private func handle(_ frame: RequestFrame) {
        lastActivity = .now()
        services.dispatch.handle(frame, on: self)
    }

    private func takeMemory(_ byteCount: Int) {
        let isTaken = services.memory.take(byteCount, for: id) { [self] in
            eventLoop.execute { self.memoryWasGranted(byteCount) }
        }
        if isTaken {
            beginFrame(byteCount)
        } else {
            awaitedByteCount = byteCount
        }
    }

    private func memoryWasGranted(_ byteCount: Int) {
        guard !isClosed else { return services.memory.giveBack(byteCount) }
        awaitedByteCount = nil
        beginFrame(byteCount)
        process()
    }

    private func beginFrame(_ byteCount: Int) {
        reservedByteCount = byteCount
        reservedAt = .now()
        assembler.begin(byteCount: byteCount)
    }

    /// Ends the connection, whose bytes are no requests, after the answers that are due.
    func fail(_ reason: String) { end(order.open(), because: reason) }

    /// Ends the connection in place of an answer, once those before it are written. No more requests are
    /// taken. One line in the log says why.
    func end(_ slot: ResponseOrder<Answer>.Slot, because reason: String) {
        guard eventLoop.inEventLoop else {
            eventLoop.execute { self.end(slot, because: reason) }
            return
        }
        services.complaints.warning("\(self.id) from \(self.address) ended: \(reason)")
        isEnding = true
        unread = nil
        fillOnLoop(slot, .close, byteCount: 0)
    }

    // Answering.

    /// `isAwaited`: the next request is taken only when this one has its answer.
    func openSlot(isAwaited: Bool) -> ResponseOrder<Answer>.Slot {
        isAwaited ? order.openAwaited() : order.open()
    }

    func send(
        _ response: some Response, version: Int16, correlationID: Int32, slices: [FileSlice],
        in slot: ResponseOrder<Answer>.Slot
    ) {
        guard eventLoop.inEventLoop else {
            eventLoop.execute {
                self.send(
                    response, version: version, correlationID: correlationID, slices: slices,
                    in: slot)
            }
            return
        }
        guard !isClosed, let allocator = context?.channel.allocator else { return }
        do throws(ProtocolError) {
            let frame = try group.withWriter { (writer) throws(ProtocolError) in
                try writer.append(response, version: version, correlationID: correlationID)
                return OutgoingFrame(
                    bytes: allocator.buffer(bytes: writer.bytes), splices: writer.splices,
                    slices: slices, byteCount: writer.byteCount)
            }
            fillOnLoop(slot, .frame(frame), byteCount: frame.byteCount)
        } catch {
            services.logger.error("an answer cannot be written: \(error)")
            fillOnLoop(slot, .close, byteCount: 0)
        }
    }

    func fill(_ slot: ResponseOrder<Answer>.Slot, _ answer: Answer) {
        if eventLoop.inEventLoop {
            fillOnLoop(slot, answer, byteCount: 0)
        } else {
            eventLoop.execute { self.fillOnLoop(slot, answer, byteCount: 0) }
        }
    }

    private func fillOnLoop(
        _ slot: ResponseOrder<Answer>.Slot, _ answer: Answer, byteCount: Int
    ) {
        guard !isClosed else { return }
        order.fill(slot, answer, byteCount: byteCount)
        writeAnswers()
        // A request that is being handled has its answer flushed with those of its turn.
        if !isProcessing { process() }
    }

    /// Writes what is ready and next, without flushing it.
    private func writeAnswers() {
        while !isClosed, !isCut, let answer = order.next() {
            switch answer {
            case .frame(let frame): write(frame)
            case .nothing: break
            case .close: isCut = true
            }
        }
        closeIfDone()
    }

    private func write(_ frame: OutgoingFrame) {
        guard let context else { return }
        let regions = frame.regions()
        writesUnderWay += 1
        let written = eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in
            OutgoingFrame.release(regions)
            withExtendedLifetime(frame.slices) {}
            self.didWrite(frame.byteCount)
        }
        let pieces = frame.pieces(regions)
        for (index, piece) in pieces.enumerated() {
            context.write(
                wrapOutboundOut(piece), promise: index == pieces.count - 1 ? written : nil)
        }
        needsFlush = true
    }

    private func flush() {
        guard needsFlush else { return }
        needsFlush = false
        context?.flush()
    }

    private func didWrite(_ byteCount: Int) {
        order.didWrite(byteCount: byteCount)
        writesUnderWay -= 1
        lastActivity = .now()
        guard !isClosed else { return }
        closeIfDone()
        if !isProcessing, isReadWanted || unread != nil { process() }
    }

    private func closeIfDone() {
        guard isEnding, isCut || order.inFlight == 0 else { return }
        if writesUnderWay == 0 {
            closeNow()
        } else if !isProcessing {
            flush()
        }
    }

    // Fetching.

    /// The connection's places in the logs that it reads.
    func withReadPositions<Result>(_ body: (inout ReadPositions) -> Result) -> Result {
        body(&reading)
    }

    func releaseIdleCursors() { reading.releaseIdle() }

    func add(_ wait: FetchWait) { waits[ObjectIdentifier(wait)] = wait }
    func remove(_ wait: FetchWait) { waits[ObjectIdentifier(wait)] = nil }

    /// Whether a fetch may wait here: not while the connection is ending.
    var mayWait: Bool { !isEnding && !isClosed }
}
