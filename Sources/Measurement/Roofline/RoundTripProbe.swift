import Glibc

/// A request and its answer over one TCP connection, one after the other: the least that a client waits for
/// a broker.
public enum RoundTripProbe {
    /// More than the answer to a small request.
    private static let answerByteLimit = 1 << 20

    /// - Parameters:
    ///   - request: with its length; each answer begins with its own length, four bytes, big-endian.
    public static func run(
        host: String, port: Int, request: [UInt8], schedule: ProbeSchedule
    ) throws(ProbeError) -> ProbeResult {
        let peer = try connect(host: host, port: port)
        defer { close(peer) }
        var answer = [UInt8](repeating: 0, count: 4)
        var histogram = LatencyHistogram()
        return try ProbeLoop.measure(
            "round_trip", blockByteCount: request.count, schedule: schedule,
            latency: { histogram }, warmedUp: { histogram.reset() },
            operation: { () throws(ProbeError) -> Int in
                let start = MonotonicClock.now()
                try send(request, to: peer)
                try receive(4, from: peer, into: &answer)
                let byteCount = answer[..<4].reduce(0) { $0 << 8 | Int($1) }
                guard (1...answerByteLimit).contains(byteCount) else {
                    throw ProbeError("read an answer of \(byteCount) bytes", errno: EPROTO)
                }
                if answer.count < byteCount {
                    answer = [UInt8](repeating: 0, count: byteCount)
                }
                try receive(byteCount, from: peer, into: &answer)
                histogram.record(MonotonicClock.now() - start)
                return request.count + 4 + byteCount
            })
    }

    private static func connect(host: String, port: Int) throws(ProbeError) -> Int32 {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(port), &hints, &found) == 0 else {
            throw ProbeError("resolve \(host)", errno: ENOENT)
        }
        defer { unsafe freeaddrinfo(found) }
        var code = ENOENT
        var next = unsafe found
        while let one = unsafe next {
            let peer = unsafe socket(
                one.pointee.ai_family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            if unsafe peer >= 0
                && Glibc.connect(peer, one.pointee.ai_addr, one.pointee.ai_addrlen) == 0
            {
                var isOn: Int32 = 1
                unsafe setsockopt(
                    peer, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn,
                    socklen_t(MemoryLayout<Int32>.size))
                return peer
            }
            code = errno
            if peer >= 0 { close(peer) }
            unsafe next = one.pointee.ai_next
        }
        throw ProbeError("connect to \(host):\(port)", errno: code)
    }

    private static func send(_ bytes: [UInt8], to peer: Int32) throws(ProbeError) {
        var position = 0
        while position < bytes.count {
            let sent = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    peer, buffer.baseAddress! + position, buffer.count - position,
                    Int32(MSG_NOSIGNAL))
            }
            if sent < 0 && errno == EINTR { continue }
            guard sent > 0 else { throw ProbeError("send a request") }
            position += sent
        }
    }

    private static func receive(
        _ byteCount: Int, from peer: Int32, into bytes: inout [UInt8]
    ) throws(ProbeError) {
        var position = 0
        while position < byteCount {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe recv(peer, buffer.baseAddress! + position, byteCount - position, 0)
            }
            if count < 0 && errno == EINTR { continue }
            guard count != 0 else { throw ProbeError("read an answer", errno: ECONNRESET) }
            guard count > 0 else { throw ProbeError("read an answer") }
            position += count
        }
    }
}
