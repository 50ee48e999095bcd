import RecordFormat
import Synchronization

extension PartitionLog {
    /// Appends one sealed batch and returns where it is.
    ///
    /// The batch's base offset and leader epoch are written into the caller's buffer (with
    /// LogAppendTime, and where its largest timestamp is wrong, also that and its checksum); after an error
    /// the base offset is 0 again. A batch of another codec than `compression.type` says is appended
    /// re-encoded, and the buffer left as it is.
    /// On return readers see the batch; whether it is durable is for `flushThrough` to say.
    ///
    /// `mayBegin` is asked where a client's batch would begin a transaction in this partition, in the order
    /// of the appends: what it allowed cannot come after the marker of a transaction that ended meanwhile.
    /// It must be short and must not call the log; where it says no, the append throws
    /// `invalidTransactionState`.
    ///
    /// A batch that must be decoded and becomes larger than the topic allows throws `recordsTooLarge`.
    public func append(
        _ batch: UnsafeMutableRawBufferPointer, origin: AppendOrigin = .client,
        validation: BatchValidation = .full,
        mayBegin: (ProducerID, ProducerEpoch) -> Bool = { _, _ in true }
    ) throws(AppendError) -> AppendResult {
        var allowance = DecodeAllowance.unbounded
        return try unsafe append(
            batch, origin: origin, validation: validation, decoding: &allowance, mayBegin: mayBegin)
    }

    /// As `append` above. What is decoded is taken from `allowance`; a batch that becomes larger than
    /// what is left of it throws `beyondAllowance`, and nothing was changed.
    public func append(
        _ batch: UnsafeMutableRawBufferPointer, origin: AppendOrigin = .client,
        validation: BatchValidation = .full, decoding allowance: inout DecodeAllowance,
        mayBegin: (ProducerID, ProducerEpoch) -> Bool
    ) throws(AppendError) -> AppendResult {
        let nowMs = clock.nowMs()
        let header = try unsafe validatedHeader(batch, origin, validation, nowMs)
        guard let rules = RecordRules(config, header, validation, nowMs: nowMs) else {
            try validateTimestamps(header, nowMs)
            return try unsafe append(batch, header, origin, nowMs, mayBegin)
        }
        return try BatchReencoder.withShared { (reencoder) throws(AppendError) in
            let prepared = try unsafe prepared(batch, header, rules, reencoder, &allowance)
            return try unsafe append(
                prepared, preparedHeader(prepared), origin, nowMs, mayBegin)
        }
    }

    private func prepared(
        _ batch: UnsafeMutableRawBufferPointer, _ header: RecordBatchHeader, _ rules: RecordRules,
        _ reencoder: BatchReencoder, _ allowance: inout DecodeAllowance
    ) throws(AppendError) -> UnsafeMutableRawBufferPointer {
        let limit = config.maxDecompressedByteCount
        let allowed = allowance.byteCount
        defer { allowance.take(reencoder.decodedByteCount) }
        do throws(AppendError) {
            return try unsafe reencoder.prepared(
                batch, header, by: rules, maxDecompressedByteCount: min(allowed, limit))
        } catch {
            if case .recordsTooLarge = error, allowed < limit {
                throw .beyondAllowance(byteCount: allowed)
            }
            throw error
        }
    }

    /// Appends a batch that was found valid.
    private func append(
        _ batch: UnsafeMutableRawBufferPointer, _ validated: RecordBatchHeader,
        _ origin: AppendOrigin, _ nowMs: Int64, _ mayBegin: (ProducerID, ProducerEpoch) -> Bool
    ) throws(AppendError) -> AppendResult {
        var header = validated
        let marker = try unsafe marker(of: header, in: UnsafeRawBufferPointer(batch))
        let isLogAppendTime = config.messageTimestampType == .logAppendTime
        if isLogAppendTime {
            unsafe RecordBatchHeader.patchLogAppendTime(nowMs, in: batch)
            header.maxTimestamp = nowMs
        }
        var (result, callbacks) = try appender.withLock { (state) throws(AppendError) in
            try unsafe append(batch, header, marker, origin, nowMs, mayBegin, &state)
        }
        for callback in callbacks { callback() }
        if isLogAppendTime, result.logAppendTimeMs == nil { result.logAppendTimeMs = nowMs }
        result.flushThrough = requiredFlush(result)
        return result
    }

    /// Everything that must happen in offset order, and nothing else.
    private func append(
        _ batch: UnsafeMutableRawBufferPointer, _ original: RecordBatchHeader,
        _ marker: ControlRecord?, _ origin: AppendOrigin, _ nowMs: Int64,
        _ mayBegin: (ProducerID, ProducerEpoch) -> Bool, _ state: inout Appender
    ) throws(AppendError) -> (AppendResult, [@Sendable () -> Void]) {
        guard !state.isClosed else { throw .log(.closed(path: path)) }
        if origin == .client,
            case .duplicate(let first, let last, let timestamp) =
                try state.producers.check(original)
        {
            return (
                AppendResult(
                    baseOffset: first, lastOffset: last,
                    logAppendTimeMs: config.messageTimestampType == .logAppendTime
                        ? timestamp : nil,
                    isDuplicate: true), []
            )
        }
        if origin != .client {
            try state.producers.checkCoordinator(
                original, marker, isRaised: origin == .raisingCoordinator)
        } else if original.attributes.isTransactional,
            !state.producers.hasOpenTransaction(original.producerID, original.producerEpoch),
            !mayBegin(original.producerID, original.producerEpoch)
        {
            throw .invalidTransactionState(producerID: original.producerID)
        }
        var header = original
        header.baseOffset = state.nextOffset
        header.partitionLeaderEpoch = state.leaderEpoch
        do throws(LogError) {
            let mustRoll = state.active.mustRoll(
                before: header, lastOffset: header.lastOffset, nowMs: nowMs, config: config,
                jitterMs: state.jitterMs)
            if mustRoll { try roll(&state, nowMs: nowMs) }
            unsafe RecordBatchHeader.patch(
                baseOffset: header.baseOffset, leaderEpoch: header.partitionLeaderEpoch, in: batch)
            try unsafe write(UnsafeRawBufferPointer(batch), &state)
        } catch {
            unsafe RecordBatchHeader.patch(baseOffset: .zero, leaderEpoch: .none, in: batch)
            throw .log(error)
        }
        state.active.didAppend(header, at: state.position, config: config)
        let producerCount = state.producers.count
        if let completed = state.producers.update(with: header, marker: marker),
            completed.isAborted
        {
            state.active.didAbort(completed.indexEntry)
            abortCount.add(1, ordering: .releasing)
        }
        if state.producers.count > producerCount {
            state.producers.dropSilent(beyond: hooks.maxProducers())
        }
        state.position += header.sizeInBytes
        state.nextOffset = header.nextOffset
        let callbacks = publish(state, nowMs: nowMs)
        let result = AppendResult(
            baseOffset: header.baseOffset, lastOffset: header.lastOffset, isDuplicate: false)
        return (result, callbacks)
    }

    /// One write at the end of the active segment. After a failure the file ends where it did, or the
    /// debris is remembered: it lies past what is published, and it is cut off before the next write.
    private func write(
        _ batch: UnsafeRawBufferPointer, _ state: inout Appender
    ) throws(LogError) {
        let segmentFile = try file(&state)
        if state.hasDebris {
            try segmentFile.file.truncate(to: state.position)
            state.hasDebris = false
        }
        let zeroCount = state.reservation.prepare(
            segmentFile.file, position: state.position, byteCount: batch.count,
            limit: Int(config.segmentBytes))
        do throws(LogError) {
            try unsafe segmentFile.file.write(batch, thenZeros: zeroCount, at: state.position)
        } catch {
            state.hasDebris = true
            state.reservation.wasLost()
            if (try? segmentFile.file.truncate(to: state.position)) != nil {
                state.hasDebris = false
            }
            throw error
        }
    }

    /// The active segment's file, which the first append to an empty log opens.
    private func file(_ state: inout Appender) throws(LogError) -> SegmentFile {
        if let file = state.file { return file }
        let file = try state.active.file()
        state.file = file
        return file
    }

    /// Shows the readers the new end and returns whom to tell.
    private func publish(_ state: borrowing Appender, nowMs: Int64) -> [@Sendable () -> Void] {
        let callbacks = view.withLock { view in
            view.activeByteCount = state.position
            view.logEndOffset = state.nextOffset
            view.firstOpenOffset = state.producers.openTransactions.firstOffset
            publishedStable.store(view.lastStableOffset.rawValue, ordering: .releasing)
            publishedEnd.store(state.nextOffset.rawValue, ordering: .sequentiallyConsistent)
            return view.waiters.isEmpty ? [] : view.takeReadyWaiters()
        }
        if config.flushMs != .max {
            // Set after the new end is visible, so that a flush that misses this append cannot clear it.
            _ = unflushedSinceMs.compareExchange(
                expected: .min, desired: nowMs, ordering: .sequentiallyConsistent)
        }
        return callbacks
    }

    /// Seals the active segment and starts the next one. The slow rest is the directory's to do.
    func roll(_ state: inout Appender, nowMs: Int64) throws(LogError) {
        // What lies behind the end would become the middle of the log. It goes before there is a next segment:
        // a start takes what comes before that as sound.
        try state.cutOffTail()
        let segment = try LogSegment(
            creatingIn: path, baseOffset: state.nextOffset, nowMs: nowMs)
        let file = try segment.file()
        state.reservation = SpaceReservation()
        state.active.seal()
        state.active = segment
        state.file = file
        state.position = 0
        state.jitterMs = Self.randomJitter(config.value)
        view.withLock { view in
            view.segments.append(segment)
            view.activeByteCount = 0
        }
        hooks.didRoll(self, state.producers, state.nextOffset)
    }

    /// What a control batch holds; nil for all others.
    private func marker(
        of header: RecordBatchHeader, in batch: UnsafeRawBufferPointer
    ) throws(AppendError) -> ControlRecord? {
        guard header.attributes.isControl else { return nil }
        do throws(RecordFormatError) {
            return try ControlRecord(batch: unsafe RawSpan(_unsafeBytes: batch), header: header)
        } catch {
            throw .invalidRecord(.notAMarker)
        }
    }

    private func requiredFlush(_ result: AppendResult) -> Offset? {
        guard config.flushMessages != .max else { return nil }
        let flushed = flushedEnd.load(ordering: .acquiring)
        // A batch that was repeated because its acknowledgement was lost must still be durable.
        if result.isDuplicate {
            return flushed > result.lastOffset.rawValue ? nil : result.lastOffset
        }
        let unflushed = result.lastOffset.rawValue + 1 - flushed
        return unflushed >= config.flushMessages ? result.lastOffset : nil
    }
}

extension PartitionLog.Appender {
    /// Cuts off what the active segment's file has behind its batches: debris of a failed write, and what was
    /// taken ahead.
    mutating func cutOffTail() throws(LogError) {
        guard let file else { return }
        if hasDebris { try file.file.truncate(to: position) }
        hasDebris = false
        try reservation.release(file.file, at: position)
    }
}
