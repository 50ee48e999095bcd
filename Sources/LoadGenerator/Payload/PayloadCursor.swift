import RecordFormat

/// One producer's position in the prepared payload: the value and the key of each of its records.
///
/// A producer goes through the pool in order, repeatedly. Each starts at another place, so that no
/// two send the same records at the same time. Keys are drawn with the producer's own generator;
/// round-robin keys start at a place of its own.
///
/// Thread contract: one owner. Nothing is allocated; the bytes live as long as the cursor.
@safe
public struct PayloadCursor: Sendable {
    public let pool: PayloadPool
    public let keys: KeySource
    @usableFromInline var nextIndex: Int
    @usableFromInline var keyIndex: Int
    @usableFromInline var generator: RandomGenerator

    public init(
        pool: PayloadPool, keys: KeySource, producer: Int, of producers: Int, seed: UInt64
    ) {
        precondition(producer >= 0 && producer < producers, "producers are numbered from 0")
        self.pool = pool
        self.keys = keys
        nextIndex = Self.start(producer, of: producers, in: pool.count)
        keyIndex = Self.start(producer, of: producers, in: keys.cardinality)
        generator = RandomGenerator(seed: seed, stream: .keys, index: UInt64(producer))
    }

    private static func start(_ producer: Int, of producers: Int, in count: Int) -> Int {
        Int(Int128(producer) * Int128(count) / Int128(producers))
    }

    /// The next record's place in the pool, for `pool.value`, `pool.checksum`.
    @inlinable
    public mutating func next() -> Int {
        let current = nextIndex
        nextIndex = current &+ 1 == pool.count ? 0 : current &+ 1
        return current
    }

    /// The places of the next records, at most `limit` and at least one, which follow each other.
    @inlinable
    func places(atMost limit: Int) -> Range<Int> {
        nextIndex..<Swift.min(nextIndex &+ limit, pool.count)
    }

    /// Goes past the first of `places(atMost:)`.
    @inlinable
    mutating func advance(by count: Int) {
        let next = nextIndex &+ count
        nextIndex = next == pool.count ? 0 : next
    }

    /// At least the bytes that each record takes in a batch, whatever its timestamp.
    var largestRecordByteCount: Int {
        let key = keys.cardinality > 0 ? KeySource.keyByteCount : 0
        return RecordBatchBuilder.largestRecord(ofByteCount: pool.largestByteCount + key)
    }

    /// Whether records have neither keys nor headers.
    var hasValuesOnly: Bool { keys.kind == .none && !pool.hasHeaders }

    /// The key of the record at a place in the pool; call this once a record.
    @inlinable
    public mutating func key(of index: Int) -> UnsafeRawBufferPointer? {
        switch keys.kind {
        case .none: return nil
        case .payload, .field: return unsafe pool.key(index)
        case .roundRobin:
            let current = keyIndex
            keyIndex = current &+ 1 == keys.cardinality ? 0 : current &+ 1
            return unsafe keys.key(current)
        case .uniform:
            let draw = generator.next().multipliedFullWidth(by: UInt64(keys.cardinality)).high
            return unsafe keys.key(Int(truncatingIfNeeded: draw))
        case .zipfian:
            return unsafe keys.key(keys.popularity.unsafelyUnwrapped.draw(&generator))
        }
    }
}
