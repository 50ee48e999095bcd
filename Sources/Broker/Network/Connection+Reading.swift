import KafkaProtocol
import NIOCore

// Reading: bytes become requests, within the limits.

extension Connection {
    /// After so long other connections have their turn, once the request at hand is handled.
    private static let turn = TimeAmount.microseconds(100)

    func read(context: ChannelHandlerContext) {
        if mayRead { readOn(context) } else { isReadWanted = true }
    }

    var mayRead: Bool {
        !isEnding && unread == nil && !awaitsMemory && !quota.isMuted && order.mayTakeRequest
    }

    private func readOn(_ context: ChannelHandlerContext) {
        // The peer's silence counts from here, where the broker did not listen before.
        if isReadWanted { lastRead = .now() }
        isReadWanted = false
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        guard !isEnding else { return }
        if assembler.buffer != nil { lastRead = .now() }
        if var rest = unread {
            rest.writeBuffer(&bytes)
            unread = rest
        } else {
            unread = bytes
        }
        process()
    }

    /// Takes requests while there are whole ones, the limits allow it, and it is this connection's
    /// turn.
    func process() {
        guard !isProcessing, !isClosed, !isTurnScheduled else { return }
        isProcessing = true
        var turnEnd: NIODeadline?
        while mayTakeFrame, hasRoomForAnswer, let bytes = unread.take() {
            takeFrame(bytes)
            guard unread != nil, mayTakeFrame else { continue }
            let now = NIODeadline.now()
            let end = turnEnd ?? now + Self.turn
            turnEnd = end
            if now >= end { break }
        }
        flush()
        isProcessing = false
        if mayTakeFrame, unread != nil {
            if !awaitsAnswers { scheduleTurn() }
        } else if isReadWanted, mayRead, let context {
            readOn(context)
        }
    }

    /// Goes on with what is unread, or an answer that is half written, when others have had their
    /// turn.
    func scheduleTurn() {
        guard !isTurnScheduled else { return }
        isTurnScheduled = true
        group.turns.add(self)
    }

    func takeTurn() {
        isTurnScheduled = false
        guard !isClosed else { return }
        if writesUnderWay == 0, !unwrittenParts.isEmpty {
            writePart()
            writeAnswers()
            flush()
        }
        process()
    }

    private var mayTakeFrame: Bool {
        !isEnding && !isClosed && !awaitsMemory && !quota.isMuted && order.mayTakeRequest
    }

    /// Whether the answers of all connections leave room for another one. Where they do not, the
    /// connection goes on when they do.
    private var hasRoomForAnswer: Bool {
        if awaitsAnswers { return false }
        guard unread != nil else { return true }
        awaitsAnswers = !services.answers.mayTakeRequest { [weak self, eventLoop] in
            eventLoop.execute { [weak self] in
                self?.awaitsAnswers = false
                self?.process()
            }
        }
        return !awaitsAnswers
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
                handle(RequestFrame(in: bytes, byteCount: byteCount))
                bytes.moveReaderIndex(forwardBy: byteCount)
                assembler.didTakeInPlace()
            case .needsBuffer(let byteCount):
                frameBegan = .now()
                lastRead = frameBegan
                assembler.begin(
                    FrameBuffer(
                        byteCount: byteCount, share: services.memory.begin(byteCount: byteCount)))
            case .needsMemory(let byteCount):
                takeMemory(byteCount)
            case .frameIsWhole:
                guard let buffer = assembler.take() else { break }
                buffer.share?.didCome()
                handle(RequestFrame(buffer))
            }
        } catch {
            fail("\(error)")
        }
    }

    private func handle(_ frame: RequestFrame) {
        lastActivity = .now()
        withExtendedLifetime(frame) { services.dispatch.handle(frame, on: self) }
    }

    private func takeMemory(_ byteCount: Int) {
        let isTaken = assembler.buffer?.share?.take(byteCount) { [weak self, eventLoop] in
            eventLoop.execute { [weak self] in self?.memoryWasGranted(byteCount) }
        }
        if isTaken == false {
            awaitsMemory = true
        } else {
            assembler.admit(byteCount: byteCount)
        }
    }

    private func memoryWasGranted(_ byteCount: Int) {
        guard !isClosed else { return }
        awaitsMemory = false
        lastRead = .now()
        assembler.admit(byteCount: byteCount)
        process()
    }

    /// The request of this slot, which was just taken, is handled beside the event loop: the next
    /// one is taken once that is done.
    func hold(for slot: ResponseOrder<Answer>.Slot) { order.hold(for: slot) }

    /// The request of this slot was handled. From any thread.
    func release(_ slot: ResponseOrder<Answer>.Slot) {
        eventLoop.execute {
            self.order.release(slot)
            self.process()
        }
    }

    /// Ends the connection, whose bytes are no requests, after the answers that are due.
    func fail(_ reason: String) { end(order.open(), because: reason) }

    /// Ends the connection in place of an answer, once those before it are written. No more
    /// requests are taken. One line in the log says why.
    func end(_ slot: ResponseOrder<Answer>.Slot, because reason: String) {
        guard eventLoop.inEventLoop else {
            eventLoop.execute { self.end(slot, because: reason) }
            return
        }
        services.complaints.warning("\(self.id) from \(self.address) ended: \(reason)")
        isEnding = true
        unread = nil
        fill(slot, .close)
    }
}
