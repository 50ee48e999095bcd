import Testing

@testable import Broker

@Suite("The order of responses")
struct ResponseOrderTests {
    private func order(
        maxInFlight: Int = 100, maxUnwritten: Int = 1000
    ) -> ResponseOrder<Int> {
        ResponseOrder(maxInFlight: maxInFlight, maxUnwrittenByteCount: maxUnwritten)
    }

    private func expectNext(
        _ expected: Int?, of order: inout ResponseOrder<Int>,
        _ location: SourceLocation = #_sourceLocation
    ) {
        let next = order.next()
        #expect(next == expected, sourceLocation: location)
    }

    @Test("hands answers out in the order of the requests, whichever is ready first")
    func keepsOrder() {
        var order = order()
        let slots = (0..<3).map { _ in order.open() }
        order.fill(slots[2], 2, byteCount: 1)
        expectNext(nil, of: &order)
        order.fill(slots[0], 0, byteCount: 1)
        expectNext(0, of: &order)
        expectNext(nil, of: &order)
        order.fill(slots[1], 1, byteCount: 1)
        expectNext(1, of: &order)
        expectNext(2, of: &order)
        expectNext(nil, of: &order)
    }

    @Test("takes one answer a request and ignores every other")
    func answersOnce() {
        var order = order()
        let slot = order.open()
        let first = order.fill(slot, 1, byteCount: 5)
        let second = order.fill(slot, 2, byteCount: 5)
        #expect((first, second) == (true, false))
        expectNext(1, of: &order)
        let third = order.fill(slot, 3, byteCount: 5)
        #expect(!third)
        expectNext(nil, of: &order)
        #expect(order.unwrittenByteCount == 5)
    }

    @Test("takes no request after one that is to be done first, until that has its answer")
    func awaitsAnswer() {
        var order = order()
        let earlier = order.open()
        let awaited = order.openAwaited()
        #expect(!order.mayTakeRequest)
        order.fill(earlier, 0, byteCount: 0)
        #expect(!order.mayTakeRequest, "another answer changes nothing")
        order.fill(awaited, 1, byteCount: 0)
        #expect(order.mayTakeRequest)
    }

    @Test("takes no request beyond the bound of those in flight, until one is answered")
    func boundsRequests() {
        var order = order(maxInFlight: 2)
        let first = order.open()
        #expect(order.mayTakeRequest)
        let second = order.open()
        #expect(!order.mayTakeRequest)
        order.fill(second, 2, byteCount: 0)
        _ = order.next()
        #expect(!order.mayTakeRequest, "the answer that is ready still waits for its turn")
        order.fill(first, 1, byteCount: 0)
        _ = order.next()
        #expect(order.mayTakeRequest)
    }

    @Test("takes no request while more than the bound of bytes is unwritten")
    func boundsBytes() {
        var order = order(maxUnwritten: 10)
        let slot = order.open()
        order.fill(slot, 1, byteCount: 11)
        #expect(!order.mayTakeRequest)
        _ = order.next()
        #expect(!order.mayTakeRequest, "handed out is not written")
        order.didWrite(byteCount: 1)
        #expect(order.mayTakeRequest)
    }

    @Test("says whether a handler owes an answer")
    func isWaiting() {
        var order = order()
        #expect(!order.isWaiting)
        let slot = order.open()
        #expect(order.isWaiting)
        order.fill(slot, 1, byteCount: 0)
        #expect(!order.isWaiting)
    }

    @Test("is that of a queue, for any order of filling")
    func matchesModel() {
        var generator = SeededGenerator()
        let seed = generator.seed
        var order = order()
        var open: [(slot: ResponseOrder<Int>.Slot, number: Int)] = []
        var opened = 0
        var handedOut: [Int] = []
        for _ in 0..<5000 {
            if open.isEmpty || (open.count < 50 && Bool.random(using: &generator)) {
                open.append((order.open(), opened))
                opened += 1
            } else {
                let index = Int.random(in: open.indices, using: &generator)
                let (slot, number) = open.remove(at: index)
                order.fill(slot, number, byteCount: 1)
                while let answer = order.next() { handedOut.append(answer) }
            }
        }
        for (slot, number) in open { order.fill(slot, number, byteCount: 1) }
        while let answer = order.next() { handedOut.append(answer) }
        #expect(handedOut == Array(0..<opened), "seed \(seed)")
        #expect(order.inFlight == 0, "seed \(seed)")
        #expect(order.unwrittenByteCount == opened, "seed \(seed)")
    }

    @Test("takes no request while one is held, though that has its answer")
    func holds() {
        var order = ResponseOrder<String>(maxInFlight: 10, maxUnwrittenByteCount: 100)
        let slot = order.open()
        order.hold(for: slot)
        #expect(!order.mayTakeRequest)
        order.fill(slot, "a", byteCount: 0)
        #expect(order.next() == "a")
        #expect(!order.mayTakeRequest)
        order.release(slot)
        #expect(order.mayTakeRequest)
    }

    @Test(
        "takes no request before an awaited one has its answer, though that was held and released")
    func holdsAwaited() {
        var order = ResponseOrder<String>(maxInFlight: 10, maxUnwrittenByteCount: 100)
        let slot = order.openAwaited()
        order.hold(for: slot)
        order.release(slot)
        #expect(!order.mayTakeRequest)
        order.fill(slot, "a", byteCount: 0)
        #expect(order.mayTakeRequest)
    }
}
