import NIOCore

extension Connection {
    /// The port that the client comes from; 0 where nobody knows. On the event loop.
    var peerPort: Int { context?.remoteAddress?.port ?? 0 }
}
