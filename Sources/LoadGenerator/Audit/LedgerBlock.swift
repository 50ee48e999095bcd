import CommitLog

/// A block of ledger entries: in memory while it is being filled or read, and while the ledger is
/// within its bound; else in the ledger's file. It is freed when it is full and none of its entries
/// is needed.
///
/// Thread contract: one producer worker writes where `addEntry` says until it closes the block; the
/// bytes of an entry that was added never change. Everything else is safe from any thread.
final class LedgerBlock: Sendable {
    private struct State {
        /// It is freed only when the writer has closed the block and no reader has borrowed it.
        var memory: BlockMemory?
        /// The block's place in the file; nil until it is written there.
        var position: Int?
        var usedByteCount = 0
        /// Entries that some group still needs.
        var entryCount = 0
        var readerCount = 0
        var isClosed = false
    }

    let byteCount: Int
    private let store: LedgerStore
    private let state: Locked<State>

    init(byteCount: Int, store: LedgerStore) {
        self.byteCount = byteCount
        self.store = store
        state = Locked(State(memory: store.allocate(byteCount)))
    }

    deinit {
        state.withLock { free(&$0) }
    }

    // MARK: The writer's side

    /// Counts an entry that is about to be written and added.
    ///
    /// - Returns: where the writer writes, until it closes the block.
    func addEntry() -> BlockMemory {
        state.withLock { state in
            guard let memory = state.memory else { preconditionFailure("the block is closed") }
            state.entryCount += 1
            return memory
        }
    }

    func close(usedByteCount: Int) {
        state.withLock { state in
            state.usedByteCount = usedByteCount
            state.isClosed = true
            // The newest blocks go to the file, because the oldest are read next.
            if state.entryCount > 0, store.isOverLimit, let memory = state.memory {
                state.position = store.write(
                    memory, byteCount: usedByteCount, reserving: byteCount)
            }
            settle(&state)
        }
    }

    // MARK: The readers' side

    /// Counts an entry that no group needs any more.
    func removeEntry() {
        state.withLock { state in
            state.entryCount -= 1
            settle(&state)
        }
    }

    /// The block's bytes, read from the file if they are there; valid until `giveBack`. Nil if all
    /// its entries were removed meanwhile.
    func borrow() throws(TargetError) -> BlockMemory? {
        try state.withLock { (state) throws(TargetError) in
            if state.memory == nil, let position = state.position {
                state.memory = try readBack(state.usedByteCount, at: position)
            }
            if state.memory != nil { state.readerCount += 1 }
            return state.memory
        }
    }

    private func readBack(_ count: Int, at position: Int) throws(TargetError) -> BlockMemory {
        let memory = store.allocate(byteCount)
        do throws(TargetError) {
            try store.read(memory, byteCount: count, at: position)
        } catch {
            store.free(memory, byteCount)
            throw error
        }
        return memory
    }

    func giveBack() {
        state.withLock { state in
            state.readerCount -= 1
            settle(&state)
        }
    }

    // MARK: Where the bytes are

    /// Frees the block if it is not needed, or its memory if it is in the file and the ledger is
    /// over its limit.
    private func settle(_ state: inout State) {
        guard state.isClosed, state.readerCount == 0 else { return }
        guard state.entryCount > 0 else { return free(&state) }
        if state.position != nil, store.isOverLimit { freeMemory(&state) }
    }

    private func free(_ state: inout State) {
        freeMemory(&state)
        if let position = state.position.take() {
            store.release(position, byteCount: byteCount)
        }
    }

    private func freeMemory(_ state: inout State) {
        if let memory = state.memory.take() { store.free(memory, byteCount) }
    }
}

/// The memory of one block.
///
/// Thread contract: that of `LedgerBlock`.
@safe
struct BlockMemory: @unchecked Sendable {
    let start: UnsafeMutableRawPointer
}
