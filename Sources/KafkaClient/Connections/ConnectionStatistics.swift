/// What has gone over one connection.
public struct ConnectionStatistics: Equatable, Sendable {
    public var requestCount = 0
    public var responseCount = 0
    /// With lengths, headers and records.
    public var sentByteCount = 0
    public var receivedByteCount = 0
    public var throttle = QuotaThrottle()
    /// How long sockets could take no more of what was to be written, and how much of that time their
    /// peers had no room.
    public var fullNanos: Int64 = 0
    public var peerFullNanos: Int64 = 0

    public static func += (total: inout Self, part: Self) {
        total.requestCount += part.requestCount
        total.responseCount += part.responseCount
        total.sentByteCount += part.sentByteCount
        total.receivedByteCount += part.receivedByteCount
        total.fullNanos += part.fullNanos
        total.peerFullNanos += part.peerFullNanos
        total.throttle.add(part.throttle)
    }
}
