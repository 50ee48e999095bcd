import RecordFormat
import SeededRandom
import Testing

@testable import LoadGenerator
@testable import Measurement

@Suite struct `The slowest records` {
    private static let partitions = [TopicPartition(topic: "orders", partition: 0)]

    private func record(
        due: Int64 = 0, room: Int64 = 0, linger: Int64 = 0, target: Int64, attempts: Int = 1
    ) -> SlowRecord {
        SlowRecord(
            intendedNanos: due, ackNanos: due + room + linger + target, producer: 0, partition: 0,
            sequence: 0, roomNanos: room, lingerNanos: linger, queueNanos: 0, clientNanos: 0,
            targetNanos: target, backNanos: 0, attempts: attempts, wasPending: true)
    }

    private func tail(
        _ records: [SlowRecord], onNetwork: Bool = true, events: [NetworkEvent] = [],
        stalls: [Stall] = []
    ) -> SlowTail {
        SlowTail(
            records, partitions: Self.partitions, onNetwork: onNetwork, events: events,
            stalls: stalls, windowStart: 0)
    }

    @Test func `are the hundred slowest of all, the slowest first`() {
        var random = SeededGenerator(seed: 7)
        let latencies = (0..<1_000).map { _ in Int64.random(in: 1...10_000, using: &random) }
        var parts = [SlowRecords(), SlowRecords()]
        for (place, latency) in latencies.enumerated() {
            parts[place % 2].add(record(target: latency))
        }
        parts[0].add(parts[1])
        #expect(
            parts[0].records.map(\.latencyNanos) == latencies.sorted(by: >).prefix(100).map(\.self))
    }

    @Test func `are explained by their longest stage`() {
        let records = [
            record(room: 50, target: 10), record(linger: 20, target: 10), record(target: 30),
            record(target: 30),
        ]
        #expect(tail(records).causes == "wire and broker 50 %, linger 25 %, waiting for room 25 %")
        #expect(tail([record(target: 30)], onNetwork: false).causes == "flush 100 %")
        #expect(tail([]).causes == nil && tail([]).leastNanos == nil)
    }

    @Test func `are explained by what happened meanwhile`() {
        let lost = NetworkEvent(kind: .lostConnection, count: 1, nanos: 1_000..<2_000)
        func cause(_ record: SlowRecord, stalls: [Stall] = []) -> SlowRecord.Cause? {
            tail([record], events: [lost], stalls: stalls).entries.first?.cause
        }
        #expect(cause(record(due: 900, target: 200)) == .lostConnection)
        #expect(cause(record(due: 900, target: 200, attempts: 2)) == .retry)
        #expect(cause(record(due: 2_000, target: 200)) == .broker)
        #expect(
            cause(record(due: 3_000, target: 200), stalls: [Stall(dueNanos: 3_000, lateNanos: 150)])
                == .stall)
        #expect(
            cause(record(due: 3_000, target: 200), stalls: [Stall(dueNanos: 3_000, lateNanos: 50)])
                == .broker)
    }
}
