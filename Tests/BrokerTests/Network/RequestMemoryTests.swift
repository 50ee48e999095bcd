import Synchronization
import Testing

@testable import Broker

@Suite("The memory for requests")
struct RequestMemoryTests {
    /// An eighth, 100, is for requests of up to 100.
    private let memory = RequestMemory(limit: 800)
    private let granted = Granted()

    /// Who was granted what he waited for, in order.
    private final class Granted: Sendable {
        private let names = Mutex<[String]>([])
        var all: [String] { names.withLock { $0 } }
        func add(_ name: String) { names.withLock { $0.append(name) } }
    }

    private func take(_ byteCount: Int, _ share: RequestShare, _ name: String = "") -> Bool {
        share.take(byteCount) { [granted] in granted.add(name) }
    }

    @Test("is held by what has come, not by what was announced")
    func countsWhatHasCome() {
        let announced = (0..<100).map { _ in memory.begin(byteCount: 100_000_000) }
        #expect(announced.allSatisfy { take(1, $0) })
        #expect(memory.usedByteCount == 100)
        let honest = memory.begin(byteCount: 300)
        #expect(take(300, honest))
    }

    @Test("has a part for small requests, which large ones leave alone")
    func keepsAShare() {
        let large = memory.begin(byteCount: 100_000)
        #expect(take(700, large))
        let other = memory.begin(byteCount: 100_000)
        #expect(!take(1, other))
        let small = memory.begin(byteCount: 100)
        #expect(take(100, small))
    }

    @Test("is granted in the order of asking, small and large ones each for themselves")
    func grantsInOrder() {
        var first: RequestShare? = memory.begin(byteCount: 800)
        #expect(take(700, first!))
        first!.didCome()
        let second = memory.begin(byteCount: 500)
        let third = memory.begin(byteCount: 500)
        #expect(!take(500, second, "second"))
        #expect(!take(10, third, "third"), "a smaller one does not overtake")
        let small = memory.begin(byteCount: 50)
        #expect(take(50, small))
        #expect(memory.waiterCount == 2)
        first = nil
        #expect(granted.all == ["second", "third"])
        #expect(memory.usedByteCount == 560)
        #expect(memory.waiterCount == 0)
    }

    @Test(
        "lets the oldest request go on beyond the limit, so that halves do not wait for each other")
    func letsTheOldestGoOn() {
        var shares = (0..<7).map { _ in Optional(memory.begin(byteCount: 200)) }
        for share in shares { #expect(take(100, share!)) }
        #expect(!take(100, shares[1]!, "1"))
        #expect(take(100, shares[0]!), "the oldest")
        #expect(memory.usedByteCount == 800)
        shares[0]!.didCome()
        #expect(granted.all.isEmpty, "it will give its memory back")
        shares[0] = nil
        #expect(granted.all == ["1"])
        for share in shares.dropFirst(2) { #expect(!take(100, share!, "later")) }
        for index in 1..<7 {
            shares[index]!.didCome()
            shares[index] = nil
        }
        #expect(granted.all == ["1"] + Array(repeating: "later", count: 5))
        #expect(memory.usedByteCount == 0)
    }

    @Test("is not granted to a request that is gone, and whom it kept waiting comes next")
    func cancels() {
        let holder = memory.begin(byteCount: 1000)
        #expect(take(600, holder))
        var gone: RequestShare? = memory.begin(byteCount: 1000)
        #expect(!take(200, gone!, "gone"))
        let next = memory.begin(byteCount: 1000)
        #expect(!take(100, next, "next"))
        gone = nil
        #expect(granted.all == ["next"])
        #expect(memory.usedByteCount == 700)
    }

    @Test("says when somebody begins to wait")
    func saysScarcity() {
        memory.whenScarce { [granted] in granted.add("scarce") }
        let holder = memory.begin(byteCount: 1000)
        #expect(take(700, holder))
        let others = (0..<2).map { _ in memory.begin(byteCount: 1000) }
        for other in others { #expect(!take(1, other)) }
        #expect(granted.all == ["scarce"])
    }
}

@Suite("The number of connections")
struct ConnectionLimitsTests {
    @Test("is limited in all and from each address")
    func limits() throws {
        let limits = ConnectionLimits(maxTotal: 3, maxPerHost: 2)
        try limits.admit("a")
        try limits.admit("a")
        #expect(throws: ConnectionLimits.Refusal.address("a", limit: 2)) { try limits.admit("a") }
        try limits.admit("b")
        #expect(throws: ConnectionLimits.Refusal.total(limit: 3)) { try limits.admit("c") }
        limits.leave("a")
        try limits.admit("c")
        #expect(limits.total == 3)
    }

    @Test("is counted by the network of an IPv6 address, unless the address has its own limit")
    func networks() throws {
        let limits = ConnectionLimits(maxTotal: 9, maxPerHost: 2, maxOfHost: ["2001:db8::7": 1])
        try limits.admit("2001:db8::1")
        try limits.admit("2001:db8:0:0:ffff::2")
        #expect(throws: ConnectionLimits.Refusal.address("2001:db8:0:0::/64", limit: 2)) {
            try limits.admit("2001:db8::3")
        }
        try limits.admit("2001:db8:0:1::1")
        try limits.admit("2001:db8::7")
        #expect(throws: ConnectionLimits.Refusal.address("2001:db8::7", limit: 1)) {
            try limits.admit("2001:db8::7")
        }
        limits.leave("2001:db8::7")
        limits.leave("2001:db8::1")
        try limits.admit("2001:db8::3")
        for host in ["10.0.0.1", "10.0.0.2"] { for _ in 0..<2 { try limits.admit(host) } }
    }
}
