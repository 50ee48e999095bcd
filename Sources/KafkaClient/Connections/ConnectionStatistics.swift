/// What has gone over one connection.
public struct ConnectionStatistics: Equatable, Sendable {
    public var requestCount = 0
    public var responseCount = 0
    /// With lengths, headers and records.
    public var sentByteCount = 0
    public var receivedByteCount = 0
    public var throttle = QuotaThrottle()

    public static func += (total: inout Self, part: Self) {
        total.requestCount += part.requestCount
        total.responseCount += part.responseCount
        total.sentByteCount += part.sentByteCount
        total.receivedByteCount += part.receivedByteCount
        total.throttle.add(part.throttle)
    }
}
