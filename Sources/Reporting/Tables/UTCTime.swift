import Glibc

/// A time of day in UTC, as results files and folders spell it.
public struct UTCTime: Sendable, Equatable {
    public let unixNanos: Int64

    public init(unixNanos: Int64) { self.unixNanos = unixNanos }

    /// `2026-11-21T10:45:00.123Z`.
    public var iso8601: String {
        let time = calendar
        return "\(time.year)-\(two(time.month))-\(two(time.day))T"
            + "\(two(time.hour)):\(two(time.minute)):\(two(time.second)).\(three(milliseconds))Z"
    }

    /// `20261121T104500Z`, which sorts and is safe in a path.
    public var folderName: String {
        let time = calendar
        return "\(time.year)\(two(time.month))\(two(time.day))T"
            + "\(two(time.hour))\(two(time.minute))\(two(time.second))Z"
    }

    private var calendar: (year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        var seconds = time_t(unixNanos.dividedFloor(by: 1_000_000_000))
        var fields = unsafe tm()
        _ = unsafe gmtime_r(&seconds, &fields)
        return (
            unsafe Int(fields.tm_year) + 1900, unsafe Int(fields.tm_mon) + 1,
            unsafe Int(fields.tm_mday), unsafe Int(fields.tm_hour), unsafe Int(fields.tm_min),
            unsafe Int(fields.tm_sec)
        )
    }

    private var milliseconds: Int {
        let seconds = unixNanos.dividedFloor(by: 1_000_000_000)
        return Int((unixNanos - seconds * 1_000_000_000) / 1_000_000)
    }

    private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private func three(_ number: Int) -> String {
        String(repeating: "0", count: number < 10 ? 2 : number < 100 ? 1 : 0) + "\(number)"
    }
}

extension Int64 {
    fileprivate func dividedFloor(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
