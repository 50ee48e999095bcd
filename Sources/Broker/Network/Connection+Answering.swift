import CommitLog
import KafkaProtocol
import NIOCore

// Writing: answers leave in the order of their requests.

extension Connection {
    /// `isAwaited`: the next request is taken only when this one has its answer.
    func openSlot(isAwaited: Bool) -> ResponseOrder<Answer>.Slot {
        isAwaited ? order.openAwaited() : order.open()
    }

    /// Encodes an answer where it is called, and writes it in its turn. From any thread.
    func send(
        _ response: some Response, version: Int16, correlationID: Int32, slices: [FileSlice],
        in slot: ResponseOrder<Answer>.Slot
    ) {
        func frame(_ writer: inout FieldWriter) throws(ProtocolError) -> OutgoingFrame {
            try writer.append(response, version: version, correlationID: correlationID)
            return OutgoingFrame(
                bytes: ByteBufferAllocator().buffer(bytes: writer.bytes), splices: writer.splices,
                slices: slices, byteCount: writer.byteCount)
        }
        do throws(ProtocolError) {
            if eventLoop.inEventLoop {
                guard !isClosed else { return }
                fill(slot, .frame(try group.withWriter(frame)))
            } else {
                var writer = FieldWriter()
                fill(slot, .frame(try frame(&writer)))
            }
        } catch {
            services.logger.error("an answer cannot be written: \(error)")
            fill(slot, .close)
        }
    }

    func fill(_ slot: ResponseOrder<Answer>.Slot, _ answer: Answer) {
        if eventLoop.inEventLoop {
            fillOnLoop(slot, answer)
        } else {
            eventLoop.execute { self.fillOnLoop(slot, answer) }
        }
    }

    private func fillOnLoop(_ slot: ResponseOrder<Answer>.Slot, _ answer: Answer) {
        guard !isClosed else { return }
        if case .frame(let frame) = answer {
            guard order.fill(slot, answer, byteCount: frame.byteCount) else { return }
            unwrittenByteCount += frame.bytes.readableBytes
            services.answers.add(frame.bytes.readableBytes)
        } else {
            order.fill(slot, answer, byteCount: 0)
        }
        writeAnswers()
        // A request that is being handled has its answer flushed with those of its turn.
        if !isProcessing { process() }
    }

    /// Writes what is ready and next, without flushing it. Once no part is left to write, no answer that is ready is.
    func writeAnswers() {
        while !isClosed, !isCut, unwrittenParts.isEmpty, let answer = order.next() {
            switch answer {
            case .frame(let frame):
                unwrittenParts.append(
                    contentsOf: isEncrypted ? frame.copiedParts() : frame.parts())
                if let first = unwrittenParts.first, mayJoin(first) { writePart() }
            case .nothing: break
            case .close: isCut = true
            }
        }
        closeIfDone()
    }

    /// Whether an answer may begin while others are being written. Else it has its turn when they are written.
    ///
    /// Over TLS it joins those that are not flushed, up to the size of one part. So whoever does not read has one part
    /// in memory, however many answers are ready, and NIOSSL, which keeps its buffer of encrypted bytes at the largest
    /// size that it ever had, has one buffer of one part: it would take another where the socket still has the first.
    private func mayJoin(_ part: OutgoingFrame) -> Bool {
        guard isEncrypted, writesUnderWay > 0 else { return true }
        let maximum =
            services.answers.isScarce
            ? OutgoingFrame.scarceByteCount : OutgoingFrame.copiedByteCount
        return needsFlush && byteCountUnderWay + part.byteCount <= maximum
    }

    /// Begins with the next part of an answer. The one after it has its turn when this one is
    /// written: an answer with thousands of slices is as many calls of `sendfile`.
    func writePart() {
        guard let part = unwrittenParts.popFirst() else { return }
        guard isEncrypted, services.answers.isScarce else { return write(part) }
        // Whoever reads slowly, or not at all, holds little then.
        let parts = part.copiedParts(maximum: OutgoingFrame.scarceByteCount)
        for later in parts.dropFirst().reversed() { unwrittenParts.prepend(later) }
        if let first = parts.first { write(first) }
    }

    private func write(_ frame: OutgoingFrame) {
        guard let context else { return }
        if isEncrypted { return writeCopied(frame, context) }
        let regions = frame.regions()
        willWrite(frame)
        let written = eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in
            OutgoingFrame.release(regions)
            withExtendedLifetime(frame.slices) {}
            self.didWrite(frame)
        }
        let pieces = frame.pieces(regions)
        for (index, piece) in pieces.enumerated() {
            context.write(
                wrapOutboundOut(piece), promise: index == pieces.count - 1 ? written : nil)
        }
        needsFlush = true
    }

    /// Reads the slices into memory, which counts as that of answers until it is written.
    private func writeCopied(_ frame: OutgoingFrame, _ context: ChannelHandlerContext) {
        let bytes: ByteBuffer
        do throws(LogError) {
            bytes = try frame.copied(context.channel.allocator)
        } catch {
            services.logger.error("records cannot be sent: \(error)")
            // Nothing follows half an answer.
            isCut = true
            unwrittenParts.removeAll()
            return closeNow()
        }
        let copied = frame.copiedByteCount
        unwrittenByteCount += copied
        services.answers.add(copied)
        willWrite(frame)
        let written = eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in
            if !self.isClosed { self.didWriteAnswer(of: copied) }
            self.didWrite(frame)
        }
        context.write(wrapOutboundOut(.byteBuffer(bytes)), promise: written)
        needsFlush = true
    }

    func flush() {
        guard needsFlush else { return }
        needsFlush = false
        context?.flush()
    }

    private func willWrite(_ frame: OutgoingFrame) {
        writesUnderWay += 1
        byteCountUnderWay += frame.byteCount
    }

    private func didWrite(_ frame: OutgoingFrame) {
        order.didWrite(byteCount: frame.byteCount)
        if !isClosed { didWriteAnswer(of: frame.bytes.readableBytes) }
        writesUnderWay -= 1
        byteCountUnderWay -= frame.byteCount
        lastActivity = .now()
        guard !isClosed else { return }
        if !unwrittenParts.isEmpty { return scheduleTurn() }
        closeIfDone()
        if !isProcessing, isReadWanted || unread != nil { process() }
    }

    /// The memory of so much of the answers is free.
    func didWriteAnswer(of byteCount: Int) {
        guard byteCount > 0 else { return }
        unwrittenByteCount -= byteCount
        services.answers.remove(byteCount)
    }

    func closeIfDone() {
        guard isEnding, isCut || order.inFlight == 0 else { return }
        // Between two parts of an answer nothing is being written: it asks again after the last.
        if writesUnderWay == 0, unwrittenParts.isEmpty {
            closeNow()
        } else if !isProcessing {
            flush()
        }
    }
}
