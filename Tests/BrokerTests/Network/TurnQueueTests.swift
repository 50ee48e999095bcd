import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Broker

@Suite("Turns on an event loop")
struct TurnQueueTests {
    /// Counts how often a loop looks at its sockets: once in each of its ticks.
    private final class Ticks: NIOEventLoopMetricsDelegate {
        private let value = Atomic<Int>(0)
        var count: Int { value.load(ordering: .relaxed) }

        func processedTick(info: NIOEventLoopTickInfo) { value.add(1, ordering: .relaxed) }
    }

    /// Takes so many turns of a tenth of a millisecond.
    private final class Busy: TurnTaker {
        private let queue: TurnQueue
        private let done: EventLoopPromise<[Int]>
        private let number: Int
        private let log: Log
        private var left: Int

        init(
            _ number: Int, turns: Int, _ queue: TurnQueue, _ log: Log,
            _ done: EventLoopPromise<[Int]>
        ) {
            self.number = number
            self.queue = queue
            self.log = log
            self.done = done
            left = turns
        }

        func takeTurn() {
            let end = NIODeadline.now() + .microseconds(100)
            while NIODeadline.now() < end {}
            left -= 1
            log.turns.append(number)
            if left > 0 { queue.add(self) } else { done.succeed(log.turns) }
        }
    }

    private final class Log {
        var turns: [Int] = []
    }

    @Test("go round, and leave the loop time for its sockets")
    func rounds() throws {
        let ticks = Ticks()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1, metricsDelegate: ticks)
        defer { try? group.syncShutdownGracefully() }
        let loop = group.next()
        let ends = try loop.submit {
            let (queue, log) = (TurnQueue(on: loop), Log())
            return (0..<3).map { number in
                let done = loop.makePromise(of: [Int].self)
                queue.add(Busy(number, turns: 40, queue, log, done))
                return done.futureResult
            }
        }.wait()
        let turns = try EventLoopFuture.whenAllSucceed(ends, on: loop).wait()
        #expect(turns.last == (0..<120).map { $0 % 3 })
        // A round has six turns at most, so these are 20 rounds; before there is a pipe they may share a tick.
        #expect(ticks.count >= 18)
    }
}
