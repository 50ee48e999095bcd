/// The uses of quotas that are kept, by who shares them. Pure; times are milliseconds of any clock that does not go back.
///
/// Strangers make up client ids, so those that only a default holds for are bounded: beyond `maximum` one that was not
/// used for long makes room. Each look-up that adds one looks at a few others, so that no event loop is held by many.
/// A quota that is set by name has its use apart, and no stranger's name takes its place.
struct KeptUses {
    /// Whose quota was found, and what it is.
    struct Found {
        var key: QuotaKey
        var quota: QuotaTable.Limit
        var windows: QuotaWindows
    }

    /// 128 bits of who shares a use: its names, which clients choose, may have a thousand bytes each.
    private struct Digest: Hashable {
        var first: Int
        var second: Int

        init(_ key: QuotaKey, _ owner: QuotaTable.Owner) {
            func hash(_ salt: Int) -> Int {
                var hasher = Hasher()
                hasher.combine(salt)
                hasher.combine(key)
                hasher.combine(owner)
                return hasher.finalize()
            }
            (first, second) = (hash(1), hash(2))
        }
    }

    private struct Named: Hashable {
        var key: QuotaKey
        var entity: QuotaEntity
    }

    private struct Shared: Hashable {
        var key: QuotaKey
        var limit: Double
    }

    private struct Place {
        var digest: Digest
        var use: QuotaUse
    }

    private static let longestUnusedMs: Int64 = 3_600_000
    private static let lookedAt = 16

    private let maximum: Int
    private var named: [Named: QuotaUse] = [:]
    private var places: [Place] = []
    private var indices: [Digest: Int] = [:]
    /// The place that is looked at next.
    private var hand = 0
    /// Of those who come when all that are looked at have to wait. Their number is that of defaults.
    private var shared: [Shared: QuotaUse] = [:]

    init(maximum: Int) { self.maximum = maximum }

    /// Those of defaults.
    var count: Int { places.count }

    mutating func use(_ found: Found, nowMs: Int64) -> QuotaUse {
        let limit = found.quota.value
        func made() -> QuotaUse { QuotaUse(limit: limit, windows: found.windows, nowMs: nowMs) }
        if found.quota.entity.isNamed {
            let name = Named(key: found.key, entity: found.quota.entity)
            let use = named[name] ?? made()
            use.set(limit: limit, nowMs: nowMs)
            named[name] = use
            return use
        }
        let digest = Digest(found.key, found.quota.owner)
        if let index = indices[digest] {
            let use = places[index].use
            use.set(limit: limit, nowMs: nowMs)
            return use
        }
        makeRoom(nowMs)
        // Those who share find a place of their own.
        if places.count < maximum { forgetShared() }
        guard places.count < maximum else {
            let sharers = Shared(key: found.key, limit: limit)
            let use = shared[sharers] ?? made()
            use.set(limit: limit, nowMs: nowMs)
            shared[sharers] = use
            return use
        }
        let use = made()
        indices[digest] = places.count
        places.append(Place(digest: digest, use: use))
        return use
    }

    /// Quotas were altered: the uses of those that are gone are forgotten.
    mutating func keep(_ table: QuotaTable) {
        for (name, use) in named where table[name.entity][name.key] == nil {
            use.forget()
            named[name] = nil
        }
        forgetShared()
    }

    private mutating func forgetShared() {
        for use in shared.values { use.forget() }
        shared = [:]
    }

    /// Looks at a few places. What counts for nothing goes; where all are taken and all count, the one that was used
    /// longest ago, unless it has to wait.
    private mutating func makeRoom(_ nowMs: Int64) {
        let isFull = places.count >= maximum
        var oldest: (index: Int, usedMs: Int64)?
        for _ in 0..<min(Self.lookedAt, places.count) {
            if hand >= places.count { hand = 0 }
            let state = places[hand].use.look(nowMs: nowMs)
            let unusedMs = isFull ? state.spanMs : Self.longestUnusedMs
            if nowMs - state.usedMs > unusedMs, !state.hasToWait {
                forget(hand)
                continue
            }
            if !state.hasToWait, oldest.map({ state.usedMs < $0.usedMs }) ?? true {
                oldest = (hand, state.usedMs)
            }
            hand += 1
        }
        // While none was forgotten, none has moved.
        if places.count >= maximum, let oldest { forget(oldest.index) }
    }

    /// The last one takes its place.
    private mutating func forget(_ index: Int) {
        let gone = places[index]
        gone.use.forget()
        indices[gone.digest] = nil
        let last = places.removeLast()
        guard index < places.count else { return }
        places[index] = last
        indices[last.digest] = index
    }
}
