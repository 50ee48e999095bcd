import Glibc
import KafkaProtocol
import NIOCore
import RecordFormat
import Synchronization
import Testing

@testable import Broker

/// Measures how long the turns of an event loop are, in CPU time of its thread: what else runs on the machine does
/// not count. It looks at the clock as often as the loop has a turn for it.
/// Thread contract: `take` and `stop` from one thread; the measuring happens on the loop.
private final class TurnProbe: @unchecked Sendable {
    private static let interval = TimeAmount.microseconds(20)

    private let loop: any EventLoop
    private let isRunning = Atomic<Bool>(true)
    // The loop's own.
    private var last: Int64 = 0
    private var longest: Int64 = 0

    init(_ loop: any EventLoop) {
        self.loop = loop
        loop.execute {
            self.last = Self.cpuNanoseconds()
            self.lookAgain()
        }
    }

    private func lookAgain() {
        loop.assumeIsolated().scheduleTask(in: Self.interval) {
            self.look()
            if self.isRunning.load(ordering: .relaxed) { self.lookAgain() }
        }
    }

    private func look() {
        let now = Self.cpuNanoseconds()
        longest = max(longest, now - last)
        last = now
    }

    /// The longest turn since the last call, once those that have begun are over.
    func take() throws -> Duration {
        try loop.scheduleTask(in: .milliseconds(1)) {
            self.look()
            defer { self.longest = 0 }
            return .nanoseconds(self.longest)
        }.futureResult.wait()
    }

    func stop() { isRunning.store(false, ordering: .relaxed) }

    private static func cpuNanoseconds() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

@Suite("The event loops", .serialized)
struct LongestTurnTests {
    #if DEBUG
        /// Unoptimised code takes some thirty times as long.
        private static let networkLimit = Duration.milliseconds(30)
        private static let coordinatorLimit = Duration.milliseconds(300)
    #else
        private static let networkLimit = Duration.milliseconds(2)
        private static let coordinatorLimit = Duration.milliseconds(20)
    #endif

    @Test("are held for a moment only by the worst request of each API")
    func worstRequests() throws {
        let broker = try TestBroker([
            "num.network.threads": "1", "auto.create.topics.enable": "false",
            "group.initial.rebalance.delay.ms": "0", "allow.everyone.if.no.acl.found": "true",
            AuthorizerSettings.name: BrokerConfig.authorizers[0], "weir.client.metrics": "log",
        ])
        let worst = try WorstRequests(broker)
        let server = try #require(broker.broker.server.withLock { $0 })
        let network = TurnProbe(server.loops.next())
        let coordinator = TurnProbe(broker.broker.coordinatorLoop)
        defer {
            network.stop()
            coordinator.stop()
        }
        var asked: Set<ApiKey> = []
        for (apiKey, ask) in worst.requests {
            let client = try broker.client()
            _ = try client.ask(ApiVersionsRequest(), version: 3)
            _ = (try network.take(), try coordinator.take())
            _ = try ask(client)
            asked.insert(apiKey)
            let turns = (network: try network.take(), coordinator: try coordinator.take())
            if TurnFigures.areWanted { print("\(apiKey): \(turns)") }
            #expect(turns.network < Self.networkLimit, "\(apiKey)")
            #expect(turns.coordinator < Self.coordinatorLimit, "\(apiKey)")
        }
        #expect(Set(ApiKey.allCases).subtracting(asked) == [.saslHandshake, .saslAuthenticate])
    }
}

private enum TurnFigures {
    /// Whoever wants to see them sets WEIR_TEST_TURNS.
    static let areWanted = unsafe getenv("WEIR_TEST_TURNS") != nil
}
