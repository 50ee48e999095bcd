import Synchronization
import Testing

@testable import Broker

@Suite("The memory for requests")
struct RequestMemoryTests {
    private func connection(_ number: UInt64) -> ConnectionID { ConnectionID(rawValue: number) }

    @Test("is granted up to its limit, then in the order of asking")
    func grantsInOrder() {
        let memory = RequestMemory(limit: 100)
        let granted = Mutex<[UInt64]>([])
        func take(_ byteCount: Int, _ number: UInt64) -> Bool {
            memory.take(byteCount, for: connection(number)) {
                granted.withLock { $0.append(number) }
            }
        }
        #expect(take(60, 1))
        #expect(!take(50, 2))
        #expect(!take(10, 3), "a small request does not overtake")
        #expect(memory.usedByteCount == 60)
        memory.giveBack(60)
        #expect(granted.withLock { $0 } == [2, 3])
        #expect(memory.usedByteCount == 60)
        memory.giveBack(50)
        memory.giveBack(10)
        #expect(memory.usedByteCount == 0)
    }

    @Test("is not granted to a connection that is gone, and whom it kept waiting comes next")
    func cancels() {
        let memory = RequestMemory(limit: 100)
        let granted = Mutex<[UInt64]>([])
        #expect(memory.take(60, for: connection(1)) {})
        #expect(!memory.take(90, for: connection(2)) { granted.withLock { $0.append(2) } })
        #expect(!memory.take(30, for: connection(3)) { granted.withLock { $0.append(3) } })
        #expect(memory.cancel(connection(2)))
        #expect(granted.withLock { $0 } == [3])
        #expect(!memory.cancel(connection(3)), "it was granted already")
        memory.giveBack(30)
        memory.giveBack(60)
        #expect(memory.usedByteCount == 0)
        #expect(memory.waiterCount == 0)
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
}
