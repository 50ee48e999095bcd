import Glibc

/// A TCP connection to this process over loopback, and a thread that reads and discards at its far
/// end.
///
/// The reader copies into a buffer of its own, as any consumer must. Owned by one thread, which
/// sends; `finish` closes both ends.
struct LoopbackPair: ~Copyable {
    static let readByteCount = 1 << 20

    let descriptor: Int32
    private let reader: SystemThread

    init() throws(ProbeError) {
        let (near, far) = try Self.connect()
        do throws(ThreadError) {
            reader = try SystemThread { Self.drain(far) }
            descriptor = near
        } catch {
            close(near)
            close(far)
            throw ProbeError("start a reader", errno: error.errno)
        }
    }

    /// Ends the connection and waits until the reader has all that was sent.
    consuming func finish() {
        shutdown(descriptor, Int32(SHUT_WR))
        reader.join()
        close(descriptor)
    }

    private static func drain(_ descriptor: Int32) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: readByteCount, alignment: 4096)
        defer {
            unsafe buffer.deallocate()
            close(descriptor)
        }
        while true {
            let count = unsafe read(descriptor, buffer.baseAddress, buffer.count)
            if count == 0 || (count < 0 && errno != EINTR) { return }
        }
    }

    private static func connect() throws(ProbeError) -> (near: Int32, far: Int32) {
        let stream = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let listener = socket(AF_INET, stream, 0)
        guard listener >= 0 else { throw ProbeError("open a socket") }
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(listener, address, length) == 0 && listen(listener, 1) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard isListening else { throw ProbeError("listen on loopback") }

        let near = socket(AF_INET, stream, 0)
        guard near >= 0 else { throw ProbeError("open a socket") }
        let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe Glibc.connect(near, address, length) == 0
            }
        }
        let far = isConnected ? accept(listener, nil, nil) : -1
        guard far >= 0 else {
            let code = errno
            close(near)
            throw ProbeError("connect over loopback", errno: code)
        }
        return (near, far)
    }
}
