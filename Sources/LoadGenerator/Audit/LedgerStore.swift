import Glibc
import Measurement
import Synchronization

/// The memory of a run's ledger, which is bounded, and the file that holds the rest.
///
/// The file has no name, so it ends with the process. Its space is reused.
///
/// Thread contract: safe from any thread.
final class LedgerStore: Sendable {
    static let blockByteCount = 256 << 10
    /// Enough for some fifteen to twenty million records that no consumer has read yet.
    static let defaultMemoryLimit = 64 << 20
    /// Freed blocks that are kept for reuse, because new memory costs a page fault for each page.
    private static let spareLimit = 16

    private let memoryLimit: Int
    private let resident = Atomic<Int>(0)
    private let spares = CheckedMutex<[BlockMemory]>([])
    private let file: CheckedMutex<LedgerFile>

    /// - Parameter directory: for the file, if it is needed.
    init(directory: String, memoryLimit: Int = defaultMemoryLimit) {
        self.memoryLimit = memoryLimit
        file = CheckedMutex(LedgerFile(directory: directory))
    }

    deinit {
        spares.withLock { spares in
            for memory in spares { unsafe memory.start.deallocate() }
        }
    }

    var isOverLimit: Bool { resident.load(ordering: .relaxed) > memoryLimit }

    /// Bytes of the ledger that are in memory now.
    var residentByteCount: Int { resident.load(ordering: .relaxed) }

    /// The size of the file, used or not.
    var fileByteCount: Int { file.withLock { $0.byteCount } }

    /// Why the file could not be made or written, so that memory exceeds its bound.
    var failure: String? { file.withLock { $0.failure } }

    func allocate(_ byteCount: Int) -> BlockMemory {
        resident.wrappingAdd(byteCount, ordering: .relaxed)
        if byteCount == Self.blockByteCount, let spare = spares.withLock({ $0.popLast() }) {
            return spare
        }
        return unsafe BlockMemory(
            start: .allocate(byteCount: byteCount, alignment: LedgerEntry.alignment))
    }

    func free(_ memory: BlockMemory, _ byteCount: Int) {
        resident.wrappingSubtract(byteCount, ordering: .relaxed)
        let isKept =
            byteCount == Self.blockByteCount
            && spares.withLock { spares in
                guard spares.count < Self.spareLimit else { return false }
                spares.append(memory)
                return true
            }
        if !isKept { unsafe memory.start.deallocate() }
    }

    // MARK: The file

    /// Writes a block to the file.
    ///
    /// - Returns: its place in the file; nil if it could not be written.
    func write(_ memory: BlockMemory, byteCount: Int, reserving size: Int) -> Int? {
        file.withLock { $0.write(memory, byteCount: byteCount, reserving: size) }
    }

    /// Reads a block that was written.
    func read(_ memory: BlockMemory, byteCount: Int, at position: Int) throws(TargetError) {
        let descriptor = file.withLock { $0.descriptor }
        let failure = transferred(byteCount) { done in
            unsafe pread(descriptor, memory.start + done, byteCount - done, position + done)
        }
        if let failure {
            throw .failed(
                "the audit's ledger could not be read back: " + systemMessage(failure))
        }
    }

    func release(_ position: Int, byteCount: Int) {
        file.withLock { $0.release(position, byteCount: byteCount) }
    }
}

/// Reads or writes until all bytes are transferred.
///
/// - Parameter call: gets the number of bytes transferred so far; returns the result of `pread` or
///   `pwrite`.
/// - Returns: the errno that it ended early with; nil if it did not.
private func transferred(_ byteCount: Int, _ call: (_ done: Int) -> Int) -> Int32? {
    var done = 0
    while done < byteCount {
        let count = call(done)
        if count > 0 {
            done += count
        } else if count == 0 || errno != EINTR {
            return count == 0 ? EIO : errno
        }
    }
    return nil
}

/// The file behind a ledger, made when it is first needed.
private struct LedgerFile: ~Copyable, Sendable {
    private let directory: String
    private(set) var descriptor: Int32 = -1
    private(set) var byteCount = 0
    private(set) var failure: String?
    /// Places of freed blocks, by their size.
    private var free: [Int: [Int]] = [:]

    init(directory: String) {
        self.directory = directory
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    mutating func write(_ memory: BlockMemory, byteCount used: Int, reserving size: Int) -> Int? {
        guard failure == nil, open() else { return nil }
        let position = free[size]?.popLast() ?? byteCount
        let descriptor = descriptor
        let code = transferred(used) { done in
            unsafe pwrite(descriptor, memory.start + done, used - done, position + done)
        }
        if let code {
            failure = "\(directory): \(systemMessage(code))"
            return nil
        }
        byteCount = max(byteCount, position + size)
        return position
    }

    mutating func release(_ position: Int, byteCount size: Int) {
        free[size, default: []].append(position)
    }

    /// On a filesystem without unnamed files, the file gets a name that is removed at once.
    private mutating func open() -> Bool {
        if descriptor >= 0 { return true }
        // O_TMPFILE, which Swift does not import.
        let withoutName = 0o20_000_000 | O_DIRECTORY
        descriptor = unsafe Glibc.open(directory, withoutName | O_RDWR | O_CLOEXEC, 0o600)
        if descriptor < 0 {
            let path = "\(directory)/.ledger-\(getpid())"
            descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            if descriptor >= 0 { _ = unsafe unlink(path) }
        }
        if descriptor < 0 { failure = "\(directory): \(systemMessage(errno))" }
        return descriptor >= 0
    }
}
