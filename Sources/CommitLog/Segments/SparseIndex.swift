/// The entries of an `.index` or `.timeindex` file.
///
/// The active segment's entries are resident: they live in memory and reach the file in bulk, so
/// that an append costs no extra system call and a full disk is an error rather than a SIGBUS in a
/// mapping. A sealed segment's are searched in the file, a few reads a look-up. Nothing in the file
/// is believed: whoever looks up verifies what the entry points at. Thread contract: the owner
/// serialises all calls.
struct SparseIndex<Entry: IndexEntry>: Sendable {
    let path: String
    /// All entries where the index is resident, else empty.
    private(set) var entries: [Entry] = []
    private(set) var isResident: Bool
    /// How many of the resident entries the file holds.
    private var persistedCount = 0
    /// Whether the file holds these entries and no more.
    private var isPersisted = false

    /// An index with no entries, resident.
    init(emptyAt path: String) {
        self.path = path
        isResident = true
    }

    /// An index whose entries stay in its file.
    init(inFile path: String) {
        self.path = path
        isResident = false
    }

    var last: Entry? { entries.last }

    mutating func append(_ entry: Entry) {
        precondition(isResident)
        entries.append(entry)
        isPersisted = false
    }

    mutating func keepFirst(_ count: Int) {
        if count < entries.count { isPersisted = false }
        entries.removeLast(entries.count - count)
        persistedCount = min(persistedCount, count)
    }

    mutating func removeAll() {
        self = SparseIndex(emptyAt: path)
    }

    /// Makes the index resident with the entries of the file. False, and empty, where the file is
    /// missing, its size is no multiple of an entry's, or its entries do not only grow.
    mutating func load() throws(LogError) -> Bool {
        removeAll()
        guard let bytes = try DurableFile.read(path), bytes.count % Entry.byteCount == 0 else {
            return false
        }
        var reader = BigEndianReader(bytes)
        entries.reserveCapacity(bytes.count / Entry.byteCount)
        while reader.position < bytes.count {
            let entry = Entry(&reader)
            if let last, !entry.mayFollow(last) {
                removeAll()
                return false
            }
            entries.append(entry)
        }
        persistedCount = entries.count
        isPersisted = true
        return true
    }

    /// Writes what the file lacks and makes it durable. The file then has these entries and no
    /// more.
    mutating func persist() throws(LogError) {
        guard isResident, !isPersisted else { return }
        var writer = BigEndianWriter(capacity: (entries.count - persistedCount) * Entry.byteCount)
        for entry in entries[persistedCount...] { entry.write(to: &writer) }
        let file = try File(path, .create)
        try file.write(writer.bytes, at: persistedCount * Entry.byteCount)
        try file.truncate(to: entries.count * Entry.byteCount)
        // A power failure must not tear one of the two indexes. A file without entries cannot be
        // torn, and flushing it would cost a disk commit for each of thousands of small logs at the
        // close.
        if !entries.isEmpty { try file.synchronizeData() }
        persistedCount = entries.count
        isPersisted = true
    }

    /// Writes all entries to a file that will be given this index's name, and makes it durable.
    mutating func persist(to otherPath: String) throws(LogError) {
        precondition(isResident)
        var writer = BigEndianWriter(capacity: entries.count * Entry.byteCount)
        for entry in entries { entry.write(to: &writer) }
        let file = try File(otherPath, .replace)
        try file.write(writer.bytes, at: 0)
        try file.synchronizeData()
        persistedCount = entries.count
        isPersisted = true
    }

    /// The size of the file, or what it will be; 0 where there is none.
    var byteCount: Int {
        if isResident { return entries.count * Entry.byteCount }
        return (try? fileStatus(path)?.byteCount) ?? 0
    }

    /// Gives the memory back once the file has everything.
    mutating func release() {
        guard isResident, isPersisted else { return }
        self = SparseIndex(inFile: path)
    }

    /// The last entry that `isBefore` holds for, where it holds for a leading run of the entries.
    /// Throws `corrupt` where the file is missing or torn.
    func lastEntry(where isBefore: (Entry) -> Bool) throws(LogError) -> Entry? {
        if isResident {
            let count = partitionPoint(entries.count) { isBefore(entries[$0]) }
            return count == 0 ? nil : entries[count - 1]
        }
        let file = try FileEntries<Entry>(path)
        let count = try file.count(where: isBefore)
        return count == 0 ? nil : try file.entry(count - 1)
    }

    /// A run of at most `maximumCount` entries of the file, beginning with the last one that
    /// `isBefore` holds for, or the first of all; and whether the run reaches the end of the index.
    func run(
        fromLast isBefore: (Entry) -> Bool, maximumCount: Int
    ) throws(LogError) -> (entries: [Entry], isLast: Bool) {
        let file = try FileEntries<Entry>(path)
        let start = max(try file.count(where: isBefore) - 1, 0)
        let count = min(maximumCount, file.count - start)
        return (try file.entries(start, count: count), start + count == file.count)
    }

    /// The last entry of all.
    func lastEntry() throws(LogError) -> Entry? {
        if isResident { return entries.last }
        let file = try FileEntries<Entry>(path)
        return file.count == 0 ? nil : try file.entry(file.count - 1)
    }
}

/// How many of `count` leading indexes `holds` is true for.
func partitionPoint(_ count: Int, _ holds: (Int) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
        let middle = low + (high - low) / 2
        if holds(middle) { low = middle + 1 } else { high = middle }
    }
    return low
}

/// The entries of an index file, read one at a time.
private struct FileEntries<Entry: IndexEntry>: ~Copyable {
    private let file: File
    let count: Int

    init(_ path: String) throws(LogError) {
        let file = try File(path, .read)
        let byteCount = try file.byteCount()
        guard byteCount % Entry.byteCount == 0 else {
            throw .corrupt(path: path, position: byteCount, reason: "a torn index entry")
        }
        count = byteCount / Entry.byteCount
        self.file = file
    }

    /// How many leading entries `isBefore` holds for.
    func count(where isBefore: (Entry) -> Bool) throws(LogError) -> Int {
        var failure: LogError?
        let count = partitionPoint(count) { index in
            do throws(LogError) {
                return isBefore(try entry(index))
            } catch {
                failure = error
                return false
            }
        }
        if let failure { throw failure }
        return count
    }

    func entry(_ index: Int) throws(LogError) -> Entry {
        try entries(index, count: 1)[0]
    }

    func entries(_ start: Int, count: Int) throws(LogError) -> [Entry] {
        let bytes = try file.bytes(
            at: start * Entry.byteCount, count: count * Entry.byteCount)
        guard bytes.count == count * Entry.byteCount else {
            throw .corrupt(
                path: file.path, position: start * Entry.byteCount, reason: "the file shrank")
        }
        var reader = BigEndianReader(bytes)
        return (0..<count).map { _ in Entry(&reader) }
    }
}
