import RecordFormat

/// The last offset of each key of a log's dirty section: Kafka's `SkimpyOffsetMap`.
///
/// A slot is 24 bytes: a 128-bit hash of the key, and the offset; the keys themselves are not kept.
/// Two keys with one hash would be taken for one, and the earlier record would go: so the hash has
/// a random secret for each round, which leaves nobody a way to make keys collide, and by chance
/// two of a full map's millions do so with a probability below 10⁻²⁴. (Kafka's is MD5, for which
/// collisions can be made.)
///
/// Open addressing with linear probing; what is put in is never taken out.
/// Thread contract: one owner.
@safe
struct OffsetMap: ~Copyable {
    private struct Slot {
        var hash: SipHash128.Digest
        /// −1: the slot is empty.
        var offset: Int64
    }

    static let slotByteCount = 24
    private static let leastSlotCount = 16

    private let hash: SipHash128
    private let slots: UnsafeMutableBufferPointer<Slot>
    private let slotCount: Int
    /// How many keys it takes.
    let limit: Int
    private(set) var count = 0
    /// Up to here, this one included, every record is in the map.
    var latestOffset = Offset(-1)

    /// A map for `keyCount` keys, or as many as go into `maximumByteCount` when it is filled up to
    /// `loadFactor`.
    init(
        keyCount: Int64, maximumByteCount: Int64, loadFactor: Double,
        hash: SipHash128 = SipHash128(
            key: .random(in: 0...UInt64.max), .random(in: 0...UInt64.max))
    ) {
        precondition(loadFactor > 0 && loadFactor < 1 && keyCount >= 0)
        let affordable = max(maximumByteCount / Int64(Self.slotByteCount), 2)
        let wanted = Double(keyCount) / loadFactor + 1
        let slotCount = Int(min(Double(affordable), max(wanted, Double(Self.leastSlotCount))))
        self.hash = hash
        self.slotCount = slotCount
        // One slot always stays empty, or a search would not end.
        limit = min(max(Int(Double(slotCount) * loadFactor), 1), slotCount - 1)
        unsafe slots = .allocate(capacity: slotCount)
        unsafe slots.initialize(
            repeating: Slot(hash: SipHash128.Digest(first: 0, second: 0), offset: -1))
    }

    deinit { unsafe slots.deallocate() }

    var byteCount: Int { slotCount * Self.slotByteCount }

    /// Remembers that `key` has a record at `offset`. False, and nothing has changed, where the key
    /// is new and the map is full.
    mutating func put(_ key: RawSpan, _ offset: Offset) -> Bool {
        let digest = hash.digest(key)
        let index = slot(of: digest)
        if unsafe slots[index].offset < 0 {
            guard count < limit else { return false }
            count += 1
        }
        unsafe slots[index] = Slot(
            hash: digest, offset: max(slots[index].offset, offset.rawValue))
        return true
    }

    /// The last offset of the key, nil where the map does not know it.
    func offset(of key: RawSpan) -> Offset? {
        let offset = unsafe slots[slot(of: hash.digest(key))].offset
        return offset < 0 ? nil : Offset(offset)
    }

    /// The slot of the hash, or the empty one where it would go.
    private func slot(of digest: SipHash128.Digest) -> Int {
        var index = Int(digest.first % UInt64(slotCount))
        while unsafe slots[index].offset >= 0, unsafe slots[index].hash != digest {
            index += 1
            if index == slotCount { index = 0 }
        }
        return index
    }
}
