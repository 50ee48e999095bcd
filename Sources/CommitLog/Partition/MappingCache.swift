import Synchronization

/// The windows onto segment files that this process's readers share.
///
/// The first touch of a mapped page costs more than reading and verifying what is on it, so
/// consumer groups that read the same bytes should pay for it once. A file is cut into strides; the
/// window of a stride is mapped twice as long, so that a slice no longer than a stride lies in the
/// window that it begins in. A longer slice gets a mapping of its own, which nobody shares. At most
/// `maximumMappedByteCount`, counted by stride, stays mapped for those who come later; the window
/// that was asked for longest ago goes first. Unmapping interrupts every processor that runs a
/// thread of ours, so it must stay rare. Thread contract: every call from any thread. A reader asks
/// once a stride, not once a fetch.
final class MappingCache: Sendable {
    static let defaultStrideByteCount = 8 << 20
    static let defaultMaximumMappedByteCount = 256 << 20

    /// The windows of all log directories: the bound is on the process's memory.
    static let shared = MappingCache()

    private let strideByteCount: Int
    private let maximumWindowCount: Int
    /// The least recently used first. So few that a search costs less than a hash would.
    private let windows = Locked<[SegmentMapping]>([])

    /// Strides are rounded up to whole pages; one window at least is kept.
    init(
        strideByteCount: Int = defaultStrideByteCount,
        maximumMappedByteCount: Int = defaultMaximumMappedByteCount
    ) {
        let page = SegmentMapping.pageByteCount
        self.strideByteCount = max((strideByteCount + page - 1) / page, 1) * page
        maximumWindowCount = max(maximumMappedByteCount / self.strideByteCount, 1)
    }

    /// A mapping in which `slice` lies, and whether it had to be made.
    func mapping(
        for slice: FileSlice
    ) throws(LogError) -> (mapping: SegmentMapping, isNew: Bool) {
        if slice.byteCount > strideByteCount {
            return (try SegmentMapping(exactlyOf: slice), true)
        }
        let position = slice.position / strideByteCount * strideByteCount
        // What is evicted is unmapped after the lock was given back.
        let (mapping, isNew, _) = try windows.withLock {
            (windows) throws(LogError) -> (SegmentMapping, Bool, SegmentMapping?) in
            let index = windows.firstIndex { $0.file === slice.file && $0.position == position }
            if let index {
                let window = windows.remove(at: index)
                windows.append(window)
                return (window, false, nil)
            }
            let window = try SegmentMapping(
                of: slice.file, at: position, byteCount: 2 * strideByteCount,
                serving: strideByteCount)
            if slice.file.isRetired.load(ordering: .relaxed) { return (window, true, nil) }
            let isFull = windows.count == maximumWindowCount
            let evicted = isFull ? windows.removeFirst() : nil
            windows.append(window)
            return (window, true, evicted)
        }
        return (mapping, isNew)
    }

    /// Drops the file's windows and keeps none of it from now on.
    func retire(_ file: SegmentFile) {
        let dropped = windows.withLock { windows in
            file.isRetired.store(true, ordering: .relaxed)
            let dropped = windows.filter { $0.file === file }
            if !dropped.isEmpty { windows.removeAll { $0.file === file } }
            return dropped
        }
        withExtendedLifetime(dropped) {}
    }

    /// How much is kept, counted by stride; the address space is twice that.
    var mappedByteCount: Int { windows.withLock { $0.count } * strideByteCount }

    func windowCount(of file: SegmentFile) -> Int {
        windows.withLock { windows in windows.count { $0.file === file } }
    }
}
