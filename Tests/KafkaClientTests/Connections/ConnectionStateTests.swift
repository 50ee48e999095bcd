import KafkaProtocol
import NIOCore
import Testing

@testable import KafkaClient

/// The pure parts of a connection, whose time the tests set.
@Suite("A connection's state")
struct ConnectionStateTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    @Test("has the response of the oldest request only")
    func order() throws {
        var requests = RequestsInFlight<String>(firstCorrelationID: .max)
        for name in ["first", "second"] {
            let id = requests.takeCorrelationID()
            requests.append(name, correlationID: id, apiKey: .fetch, timeoutMs: 10, now: start)
        }
        #expect(
            throws: ConnectionError.Reason.unexpectedCorrelationID(expected: .max, received: 0)
        ) { try requests.receive(correlationID: 0) }
        #expect(try requests.receive(correlationID: .max).waiter == "first")
        #expect(try requests.receive(correlationID: 0).waiter == "second")
        #expect(throws: ConnectionError.Reason.unsolicitedResponse(correlationID: 1)) {
            try requests.receive(correlationID: 1)
        }
    }

    @Test("finds the request that is too late, though a later one has less time")
    func deadlines() {
        var requests = RequestsInFlight<String>()
        requests.append("slow", correlationID: 0, apiKey: .fetch, timeoutMs: 30, now: start)
        requests.append("quick", correlationID: 1, apiKey: .metadata, timeoutMs: 10, now: start)
        #expect(requests.nextDeadline == start + .milliseconds(10))
        #expect(requests.expired(now: start + .milliseconds(9)) == nil)
        #expect(requests.expired(now: start + .milliseconds(10))?.waiter == "quick")
    }

    @Test("is silent for as long as the broker asks, and not for days")
    func throttle() {
        var throttle = QuotaThrottle()
        throttle.receive(throttleTimeMs: 0, now: start)
        throttle.receive(throttleTimeMs: -5, now: start)
        #expect(throttle == QuotaThrottle())
        throttle.receive(throttleTimeMs: 50, now: start)
        throttle.receive(throttleTimeMs: 20, now: start)
        #expect(throttle.pause(now: start) == start + .milliseconds(50))
        #expect(throttle.pause(now: start + .milliseconds(50)) == nil)
        #expect(throttle.count == 2)
        #expect(throttle.total == .milliseconds(70))
        throttle.receive(throttleTimeMs: .max, now: start)
        #expect(throttle.pause(now: start) == start + QuotaThrottle.longest)
    }

    @Test("waits twice as long after each failure, up to a limit, and not always the same")
    func backoff() {
        let backoff = Backoff(initialMs: 100, maximumMs: 1000)
        let waits = [0, 1, 2, 4, 5, 1000].map {
            backoff.wait(afterFailures: $0, jitter: 0.5).nanoseconds / 1_000_000
        }
        #expect(waits == [0, 100, 200, 800, 1000, 1000])
        #expect(backoff.wait(afterFailures: 1, jitter: 0) == .milliseconds(80))
        #expect(backoff.wait(afterFailures: 1, jitter: 1) == .milliseconds(120))
        #expect(Backoff(initialMs: 0, maximumMs: 0).wait(afterFailures: 9, jitter: 1) == .zero)
    }

    @Test("speaks the highest version of both, and says what there is if there is none")
    func versions() throws {
        var response = ApiVersionsResponse()
        for (key, low, high) in [(0, 3, 9), (1, 0, 3), (3, 5, 4), (18, 0, 3)]
            as [(Int16, Int16, Int16)]
        {
            var range = ApiVersionsResponse.VersionRange()
            (range.apiKey, range.minVersion, range.maxVersion) = (key, low, high)
            response.apiKeys.append(range)
        }
        let versions = NegotiatedVersions(response)
        #expect(try versions.version(of: .produce) == 9)
        #expect(try versions.version(of: .produce, atMost: 7) == 7)
        #expect(throws: ConnectionError.Reason.unsupportedApi(.fetch, brokerHas: 0...3)) {
            try versions.version(of: .fetch)
        }
        // A range whose ends are swapped, and no range.
        for key in [ApiKey.metadata, .describeCluster] {
            #expect(throws: ConnectionError.Reason.unsupportedApi(key, brokerHas: nil)) {
                try versions.version(of: key)
            }
        }
    }
}
