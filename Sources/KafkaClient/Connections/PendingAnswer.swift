import NIOCore

/// What the sender of a request waits for: the response, and that the request is written, because a
/// broker may answer before it has read all of the records, whose memory was lent.
///
/// Thread contract: everything on the event loop.
final class PendingAnswer {
    private let promise: EventLoopPromise<ByteBuffer>
    private var isWritten = false
    private var frame: ByteBuffer?
    private var hasEnded = false

    init(_ promise: EventLoopPromise<ByteBuffer>) { self.promise = promise }

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
        promise.fail(error)
    }

    private func succeedIfDone() {
        guard isWritten, !hasEnded, let frame = frame.take() else { return }
        hasEnded = true
        promise.succeed(frame)
    }
}
