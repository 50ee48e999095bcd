import NIOCore

/// How long a socket could take no more of what was to be written, and for how much of that time it
/// was the peer that had no room.
///
/// Thread contract: everything on the event loop.
struct SocketStalls {
    private var fullSince: NIODeadline?
    private var ended = TimeAmount.zero

    /// The socket began or ceased to take what is written.
    mutating func changed(isWritable: Bool, now: NIODeadline) {
        guard isWritable == (fullSince != nil) else { return }
        if let since = fullSince { ended = ended + (now - since) }
        fullSince = isWritable ? nil : now
    }

    func full(now: NIODeadline) -> TimeAmount { ended + (fullSince.map { now - $0 } ?? .zero) }

    /// How long the peer's receive window was closed while there was something to send, since the
    /// connection began; zero where the system does not say (before Linux 4.10).
    static func peerFull(_ channel: any Channel) -> TimeAmount {
        guard let options = channel as? any SocketOptionProvider else { return .zero }
        var micros: UInt64 = 0
        // On the event loop the value is there at once.
        let answer: EventLoopFuture<TCPInfo> = options.unsafeGetSocketOption(
            level: .tcp, name: TCPInfo.option)
        answer.assumeIsolated().whenSuccess { micros = $0.peerLimitedMicros }
        return .microseconds(Int64(clamping: micros))
    }
}

/// The beginning of Linux's `struct tcp_info` (include/uapi/linux/tcp.h), up to the last field that is
/// read; the C library's declaration is older and ends before.
private struct TCPInfo: Sendable {
    static let option = NIOBSDSocket.Option(rawValue: 11)

    var before: InlineArray<21, UInt64>
    /// `tcpi_busy_time`: something was sent, and not acknowledged yet.
    var busyMicros: UInt64
    /// `tcpi_rwnd_limited`.
    var peerLimitedMicros: UInt64
}
