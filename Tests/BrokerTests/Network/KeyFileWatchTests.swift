import Dispatch
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import Broker

@Suite("The watch over key files")
struct KeyFileWatchTests {
    /// Files on a file system that answers when it is told to.
    private final class Files: Sendable {
        let began = DispatchSemaphore(value: 0)
        let gate = DispatchSemaphore(value: 0)
        private let looks = Atomic<Int>(0)

        var lookCount: Int { looks.load(ordering: .sequentiallyConsistent) }

        func look() {
            looks.add(1, ordering: .sequentiallyConsistent)
            began.signal()
            gate.wait()
        }
    }

    @Test("begins no look while one is under way, goes on after it, and holds nobody up meanwhile")
    func oneAtATime() {
        let files = Files()
        let loop = EmbeddedEventLoop()
        KeyFileWatch(files.look).start(on: loop, every: .seconds(1))
        loop.advanceTime(by: .seconds(1))
        #expect(files.began.wait(timeout: .now() + 20) == .success)
        loop.advanceTime(by: .seconds(100))
        #expect(files.began.wait(timeout: .now() + 0.02) == .timedOut)
        #expect(files.lookCount == 1)
        files.gate.signal()
        // A tick may come before the first look has ended.
        let deadline = ContinuousClock.now + .seconds(20)
        while files.lookCount == 1, ContinuousClock.now < deadline {
            loop.advanceTime(by: .seconds(1))
        }
        #expect(files.began.wait(timeout: .now() + 20) == .success)
        loop.advanceTime(by: .seconds(100))
        #expect(files.lookCount == 2, "those that were left out are not made up for")
        // The loop ends while a look is under way.
        #expect(throws: Never.self) { try loop.syncShutdownGracefully() }
        files.gate.signal()
    }
}
