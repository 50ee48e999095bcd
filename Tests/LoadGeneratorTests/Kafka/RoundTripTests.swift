import KafkaClient
import Measurement
import Testing

@testable import LoadGenerator

struct RoundTripTests {
    private static let schedule = ProbeSchedule(
        warmupNanos: 1_000_000, sliceNanos: 2_000_000, slices: 3)

    @Test func `a bare request's round trip to a broker is timed`() throws {
        let broker = try LocalBroker()
        let address = try #require(BrokerAddress(broker.address[...]))
        let result = try Roofline.roundTrip(to: address, Self.schedule)
        #expect(result.probe == "round_trip")
        #expect(result.operationsPerSecond.count == 3)
        #expect(try #require(result.latency?.percentile(50)) > 0)
        try broker.end()
    }

    @Test func `where nobody listens, it says so`() {
        #expect {
            try Roofline.roundTrip(to: BrokerAddress(host: "127.0.0.1", port: 1), Self.schedule)
        } throws: { "\($0)".hasPrefix("cannot connect to 127.0.0.1:1: ") }
    }
}
