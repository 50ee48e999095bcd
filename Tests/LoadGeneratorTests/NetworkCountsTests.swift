import Testing

@testable import LoadGenerator

@Suite struct `What a run did on the network` {
    private func counts(requests: UInt64, errors: [String: UInt64] = [:]) -> NetworkCounts {
        var counts = NetworkCounts()
        counts.requests = requests
        counts.errors = errors
        return counts
    }

    @Test func `is the difference of two readings, also of errors by code`() {
        let earlier = counts(requests: 10, errors: ["NOT_LEADER_OR_FOLLOWER": 2])
        let later = counts(
            requests: 15, errors: ["NOT_LEADER_OR_FOLLOWER": 5, "REQUEST_TIMED_OUT": 1])
        #expect((later - earlier).requests == 5)
        #expect((later - earlier).errorText == "NOT_LEADER_OR_FOLLOWER 3; REQUEST_TIMED_OUT 1")
        #expect((later - later).errorText == nil)
        var sum = earlier
        sum.add(later - earlier)
        #expect(sum == later)
    }

    @Test func `counts everything that there is to count`() {
        var one = NetworkCounts()
        one.requests = 1
        one.produceRequests = 2
        one.sentBytes = 3
        one.receivedBytes = 4
        one.retries = 5
        one.throttles = 6
        one.throttledNanos = 7
        one.metadataRefreshes = 8
        one.leaderChanges = 9
        one.openedConnections = 10
        one.lostConnections = 11
        one.partitionMoves = 12
        one.refusedAcknowledgements = 13
        #expect(!Mirror(reflecting: one).children.contains { ($0.value as? UInt64) == 0 })
        var two = one
        two.add(one)
        #expect(two.requests == 2 && two.lostConnections == 22 && two.throttledNanos == 14)
        #expect(two - one == one)
        #expect(one - one == NetworkCounts())
    }

    @Test func `tells the verdict each kind of event with its time`() {
        var lost = NetworkCounts()
        lost.lostConnections = 2
        var throttled = NetworkCounts()
        throttled.throttles = 1
        let use = NetworkUse(
            counts: NetworkCounts(), busiestLoopShare: nil,
            events: lost.events(in: 1_000_000_000..<2_000_000_000)
                + throttled.events(in: 2_000_000_000..<3_000_000_000)
                + lost.events(in: 3_000_000_000..<4_000_000_000),
            readableRecords: 0)
        #expect(
            use.reasons == [
                "4 connections to brokers were lost, the first between 1.0 s and 2.0 s",
                "brokers throttled the clients once between 2.0 s and 3.0 s",
            ])
    }

    @Test func `counts only what comes after the window's start`() {
        func reading(_ nanos: Int64, lost: UInt64, busy: Int64, end: Int64) -> NetworkReading {
            var counts = NetworkCounts()
            counts.lostConnections = lost
            return NetworkReading(
                nanos: nanos, counts: counts, loopCPUNanos: [0, busy], sendingLoopCount: 1,
                readableEnd: end)
        }
        var watch = NetworkWatch(
            windowStart: 100, first: reading(0, lost: 0, busy: 0, end: 7))
        let warmup = watch.add(
            reading(100, lost: 1, busy: 50, end: 17), from: 0, to: 100, isSending: true)
        #expect(warmup?.counts.lostConnections == 1 && warmup?.loopBusyPercent == 50)
        watch.beginMeasuring()
        _ = watch.add(
            reading(200, lost: 3, busy: 140, end: 40), from: 100, to: 200, isSending: true)
        #expect(watch.use?.counts.lostConnections == 2)
        #expect(
            watch.use?.events
                == [NetworkEvent(kind: .lostConnection, count: 2, nanos: 0..<100)])
        #expect(watch.use?.busiestLoopShare == 0.9)
        #expect(watch.use?.readableRecords == 23)
        #expect(NetworkWatch(windowStart: 0, first: nil).use == nil)
    }
}
