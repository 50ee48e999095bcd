import Glibc
import NIOCore

/// Reads the rest of a large frame from the socket into the frame itself. NIO reads into memory of its
/// own, from which the frame would be copied.
///
/// Thread contract: on the event loop of the channel, while that is active.
struct FrameSocket {
    /// What is missing of a frame is read here where it is more, since it costs calls of its own.
    static let leastByteCount = 16 << 10

    private let descriptor: CInt

    /// Nil for a channel without a socket.
    init?(_ channel: any Channel) {
        let descriptor = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { $0 }
        guard let descriptor else { return nil }
        self.descriptor = descriptor
    }

    /// Appends what there is to read to `frame`, which lacks `missing` bytes, as far as it has room, and
    /// returns how much that was. The end of the stream is left to NIO.
    func read(
        into frame: inout ByteBuffer, missing: Int
    ) throws(ConnectionError.Reason) -> Int {
        while true {
            let count = unsafe frame.withUnsafeMutableWritableBytes { space in
                unsafe recv(
                    descriptor, space.baseAddress, min(space.count, missing), CInt(MSG_DONTWAIT))
            }
            if count >= 0 {
                frame.moveWriterIndex(forwardBy: count)
                return count
            }
            switch errno {
            case EINTR: continue
            case EAGAIN: return 0
            default: throw .failed(unsafe String(cString: strerror(errno)))
            }
        }
    }
}
