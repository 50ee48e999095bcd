import Glibc

/// A bare `sendfile` loop from the page cache over loopback TCP: the limit of a fetch.
public enum SendfileProbe {
    /// The size of the file, which is sent repeatedly and stays in the page cache.
    static let fileByteCount = 64 << 20

    /// - Parameters:
    ///   - directory: where the file is made, and deleted.
    ///   - payload: the file's contents, repeated; at least one block.
    public static func run(
        directory: String, payload: UnsafeRawBufferPointer, blockByteCount: Int,
        schedule: ProbeSchedule, progress: (Double) -> Void = { _ in }
    ) throws(ProbeError) -> ProbeResult {
        let byteCount = max(fileByteCount / blockByteCount, 1) * blockByteCount
        let file = try unsafe ProbeFile(
            in: directory, payload: payload, blockByteCount: blockByteCount, byteCount: byteCount)
        let pair = try LoopbackPair()
        let socket = pair.descriptor
        var position: off_t = 0
        let result: Result<ProbeResult, ProbeError>
        do throws(ProbeError) {
            result = .success(
                try ProbeLoop.measure(
                    "sendfile", blockByteCount: blockByteCount, schedule: schedule,
                    progress: progress
                ) { () throws(ProbeError) -> Int in
                    if position >= off_t(byteCount) { position = 0 }
                    var remaining = blockByteCount
                    while remaining > 0 {
                        let sent = unsafe sendfile(socket, file.descriptor, &position, remaining)
                        if sent < 0 && errno == EINTR { continue }
                        guard sent > 0 else { throw ProbeError("sendfile over loopback") }
                        remaining -= sent
                    }
                    return blockByteCount
                })
        } catch {
            result = .failure(error)
        }
        pair.finish()
        return try result.get()
    }
}

/// Bare socket writes from memory over loopback TCP: the limit of a produce.
public enum SocketWriteProbe {
    /// - Parameter payload: at least one block; its blocks are sent in a cycle.
    public static func run(
        payload: UnsafeRawBufferPointer, blockByteCount: Int, schedule: ProbeSchedule,
        progress: (Double) -> Void = { _ in }
    ) throws(ProbeError) -> ProbeResult {
        var blocks = unsafe BlockCursor(payload, blockByteCount: blockByteCount)
        let pair = try LoopbackPair()
        let socket = pair.descriptor
        let result: Result<ProbeResult, ProbeError>
        do throws(ProbeError) {
            result = .success(
                try ProbeLoop.measure(
                    "socket_write", blockByteCount: blockByteCount, schedule: schedule,
                    progress: progress
                ) { () throws(ProbeError) -> Int in
                    let block = unsafe blocks.next()
                    var position = 0
                    while position < blockByteCount {
                        let sent = unsafe send(
                            socket, block.baseAddress! + position, blockByteCount - position,
                            Int32(MSG_NOSIGNAL))
                        if sent < 0 && errno == EINTR { continue }
                        guard sent > 0 else { throw ProbeError("write to a socket") }
                        position += sent
                    }
                    return blockByteCount
                })
        } catch {
            result = .failure(error)
        }
        pair.finish()
        return try result.get()
    }
}

/// A file without a name that holds the payload repeatedly. `deinit` closes it.
struct ProbeFile: ~Copyable {
    let descriptor: Int32

    init(
        in directory: String, payload: UnsafeRawBufferPointer, blockByteCount: Int, byteCount: Int
    ) throws(ProbeError) {
        var template = Array((directory + "/roofline-XXXXXX").utf8CString)
        descriptor = unsafe mkstemp(&template)
        guard descriptor >= 0 else { throw ProbeError("create a file in \(directory)") }
        _ = unsafe unlink(template)
        var blocks = unsafe BlockCursor(payload, blockByteCount: blockByteCount)
        for _ in 0..<byteCount / blockByteCount {
            let block = unsafe blocks.next()
            let status = unsafe write(descriptor, block.baseAddress, block.count)
            guard status == block.count else {
                let code = status < 0 ? errno : ENOSPC
                throw ProbeError("write a file in \(directory)", errno: code)
            }
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }
}
