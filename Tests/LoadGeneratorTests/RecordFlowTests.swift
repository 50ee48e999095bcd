import Testing

@testable import LoadGenerator

@Suite struct `Accepted, acknowledged and readable records` {
    private struct Second {
        var sent: UInt64
        var acked: UInt64
        var inDoubt: UInt64 = 0
        var readable: UInt64
    }

    private func reasons(_ seconds: [Second], ageNanos: Int64 = 0) -> [String] {
        var flow = RecordFlow()
        var readable: UInt64 = 0
        for (number, second) in seconds.enumerated() {
            var tally = ProducerTally()
            tally.sentRecords = second.sent
            tally.ackedRecords = second.acked
            tally.inDoubtRecords = second.inDoubt
            readable += second.readable
            flow.add(
                tally, readable: readable, ageNanos: ageNanos, start: Int64(number) * 1_000_000_000,
                length: 1_000_000_000, isSending: true)
        }
        return flow.reasons
    }

    @Test func `agree while only what is on its way is between them`() {
        let start = Second(sent: 1_000, acked: 300, readable: 200)
        let steady = Second(sent: 1_000, acked: 1_000, readable: 1_000)
        #expect(reasons([start] + Array(repeating: steady, count: 10)) == [])
    }

    @Test func `part where a client's buffer grows, from the second on in which it does`() {
        let good = Second(sent: 1_000, acked: 1_000, readable: 1_000)
        let buffering = Second(sent: 1_000, acked: 400, readable: 400)
        let found = reasons([good] + Array(repeating: buffering, count: 5))
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("from 2.0 s on the generator had accepted") == true)
        // It was made up for.
        let late = Second(sent: 0, acked: 3_000, readable: 3_000)
        #expect(reasons(Array(repeating: buffering, count: 5) + [late]) == [])
    }

    @Test func `part where what is acknowledged cannot be read`() {
        let found = reasons(
            Array(repeating: Second(sent: 1_000, acked: 1_000, readable: 500), count: 4))
        #expect(
            found == ["from 2.0 s on more than 1 % of the acknowledged records could not be read"])
    }

    @Test func `agree while brokers tell of many partitions in turns`() {
        let none = Second(sent: 1_000, acked: 1_000, readable: 0)
        let steady = Second(sent: 1_000, acked: 1_000, readable: 1_000)
        let behind = [none, none] + Array(repeating: steady, count: 4)
        #expect(reasons(behind, ageNanos: 2_500_000_000) == [])
        #expect(reasons(behind).count == 1)
        #expect(reasons([none] + behind, ageNanos: 2_500_000_000).count == 1)
    }

    @Test func `agree where no acknowledgement is wanted`() {
        let second = Second(sent: 1_000, acked: 0, inDoubt: 1_000, readable: 1_000)
        #expect(reasons(Array(repeating: second, count: 4)) == [])
    }
}
