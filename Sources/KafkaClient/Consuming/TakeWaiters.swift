import NIOCore

/// Those who wait for something to take, in the order in which they came.
///
/// Thread contract: everything on the event loop.
final class TakeWaiters<Taken: Sendable> {
    private struct Waiter {
        var id: Int
        var promise: EventLoopPromise<Taken?>
        var timeout: Scheduled<Void>
    }

    private let eventLoop: any EventLoop
    private var waiting: [Waiter] = []
    private var lastID = 0

    init(on eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    var isEmpty: Bool { waiting.isEmpty }

    func add(within time: TimeAmount) -> EventLoopFuture<Taken?> {
        lastID += 1
        let id = lastID
        let promise = eventLoop.makePromise(of: Taken?.self)
        let timeout = eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in
            guard let place = waiting.firstIndex(where: { $0.id == id }) else { return }
            waiting.remove(at: place).promise.succeed(nil)
        }
        waiting.append(Waiter(id: id, promise: promise, timeout: timeout))
        return promise.futureResult
    }

    /// Gives the first ones what there is.
    func settle(_ take: () throws -> Taken?) {
        while !waiting.isEmpty {
            do {
                guard let taken = try take() else { return }
                next().succeed(taken)
            } catch {
                next().fail(error)
            }
        }
    }

    /// Nothing will come any more.
    func endAll() { while !waiting.isEmpty { next().succeed(nil) } }

    private func next() -> EventLoopPromise<Taken?> {
        let first = waiting.removeFirst()
        first.timeout.cancel()
        return first.promise
    }
}
