import Synchronization
import Testing

@testable import Measurement

private final class Worker: Sendable {
    let isDone = Atomic(false)
}

@Suite struct `Interval histograms` {
    @Test func `hand each record to exactly one interval`() {
        let latencies = IntervalHistograms(measuring: [.responseLatency])
        latencies.withCurrent { $0.responseLatency.record(100) }
        let first = latencies.takeInterval()
        latencies.withCurrent {
            $0.responseLatency.record(200)
            $0.sendDelay.record(5)
        }
        let second = latencies.takeInterval()
        #expect(first.responseLatency.maximum == 100)
        #expect(first.responseLatency.count == 1)
        #expect(second.responseLatency.maximum == 200)
        #expect(second.responseLatency.count == 1)
        #expect(second.sendDelay.count == 1)
        #expect(latencies.takeInterval().responseLatency.isEmpty)
        #expect(latencies.total.responseLatency.count == 2)
    }

    @Test func `leave intervals of the warm-up out of the total`() {
        let latencies = IntervalHistograms(measuring: [.endToEndLatency])
        latencies.withCurrent { $0.endToEndLatency.record(9) }
        #expect(latencies.takeInterval(addToTotal: false).endToEndLatency.count == 1)
        latencies.withCurrent { $0.endToEndLatency.record(3) }
        _ = latencies.takeInterval()
        #expect(latencies.total.endToEndLatency.count == 1)
        #expect(latencies.total[.endToEndLatency].maximum == 3)
    }

    @Test func `lose nothing while worker and reporter run against each other`() async {
        let latencies = IntervalHistograms(measuring: [.responseLatency])
        let worker = Worker()
        let batches = 5_000
        let records = 20
        async let taken: UInt64 = Task.detached {
            var count: UInt64 = 0
            repeat {
                count += latencies.takeInterval().responseLatency.count
            } while !worker.isDone.load(ordering: .acquiring)
            return count + latencies.takeInterval().responseLatency.count
        }.value
        await Task.detached {
            for batch in 0..<batches {
                latencies.withCurrent { current in
                    for record in 0..<records {
                        current.responseLatency.record(Int64(batch * records + record + 1))
                    }
                }
            }
            worker.isDone.store(true, ordering: .releasing)
        }.value
        #expect(await taken == UInt64(batches * records))
        #expect(latencies.total.responseLatency.count == UInt64(batches * records))
        #expect(latencies.total.responseLatency.maximum == Int64(batches * records))
    }

    @Test func `count clock skew in every latency but the send delay`() {
        var latencies = LatencyHistograms(measuring: [])
        latencies.sendDelay.record(0)
        latencies.serviceLatency.record(-1)
        latencies.responseLatency.record(0)
        latencies.endToEndLatency.record(-2)
        #expect(latencies.clockSkewCount == 3)
    }
}
