import NIOCore

/// What the sender of a request waits for: the response, and that the request is written, because a
/// broker may answer before it has read all of the records, whose memory was lent.
///
/// Thread contract: everything on the event loop.
final class PendingAnswer {
    /// Called once. It is no promise, since futures would be half of what a request allocates.
    typealias Done = (Result<ByteBuffer, ConnectionError>) -> Void

    private let done: Done
    private var isWritten = false
    private var frame: ByteBuffer?
    private var hasEnded = false

    init(_ done: @escaping Done) { self.done = done }

    func didWrite() {
        isWritten = true
        succeedIfDone()
    }

    func receive(_ frame: ByteBuffer) {
        self.frame = frame
        succeedIfDone()
    }

    /// The first failure counts, and none counts once it has succeeded.
    func fail(_ error: ConnectionError) {
        guard !hasEnded else { return }
        hasEnded = true
        done(.failure(error))
    }

    private func succeedIfDone() {
        guard isWritten, !hasEnded, let frame = frame.take() else { return }
        hasEnded = true
        done(.success(frame))
    }
}

extension EventLoopPromise where Value: Sendable {
    func complete(_ result: Result<Value, ConnectionError>) {
        switch result {
        case .success(let value): succeed(value)
        case .failure(let error): fail(error)
        }
    }
}
