import CommitLog
import KafkaProtocol
import NIOCore

/// Answers over TLS: what is encrypted has to be in memory, so the slices of files are read into buffers, a
/// bounded part at a time.
extension OutgoingFrame {
    /// So many bytes of files are in memory at a time for each connection: 31 records of TLS, which fit half a MiB when
    /// they are encrypted, as NIOSSL's buffer grows. What goes to the socket in smaller parts wakes the client more
    /// often, which costs the broker more than to encrypt it does: 256 KiB at a time take a tenth more CPU, and 64 KiB
    /// half as much again.
    static let copiedByteCount = 31 << 14

    /// And so many while the memory of answers is scarce.
    static let scarceByteCount = 16 << 10

    /// The frame in parts with so few bytes of slices, and so few slices, each: reading them holds the event loop. A
    /// slice may be spread over several.
    func copiedParts(maximum: Int = copiedByteCount) -> [OutgoingFrame] {
        guard !splices.isEmpty else { return [self] }
        var parts: [OutgoingFrame] = []
        var rest = bytes
        var position = 0
        var part = OutgoingFrame(bytes: ByteBuffer(), splices: [], slices: slices, byteCount: 0)
        func finish(at end: Int) {
            guard let own = rest.readSlice(length: end - position) else {
                preconditionFailure("splices lie within the frame")
            }
            for index in part.splices.indices { part.splices[index].position -= position }
            position = end
            part.bytes = own
            part.byteCount += own.readableBytes
            parts.append(part)
            part.splices = []
            part.byteCount = 0
        }
        var copied = 0
        for (index, splice) in splices.enumerated() {
            let before = index == 0 ? skippedByteCount : 0
            var skipped = 0
            while skipped < splice.records.byteCount {
                if copied >= maximum || part.splices.count >= Self.slicesPerPart {
                    finish(at: splice.position)
                    copied = 0
                }
                let count = min(splice.records.byteCount - skipped, maximum - copied)
                if part.splices.isEmpty { part.skippedByteCount = before + skipped }
                part.splices.append(
                    Splice(
                        position: splice.position,
                        records: RecordsRange(position: splice.records.position, byteCount: count)))
                part.byteCount += count
                copied += count
                skipped += count
            }
        }
        finish(at: bytes.readableBytes)
        return parts
    }

    /// The bytes of files in this part.
    var copiedByteCount: Int { splices.reduce(0) { $0 + $1.records.byteCount } }

    /// The bytes of this part with its slices read from their files.
    func copied(_ allocator: ByteBufferAllocator) throws(LogError) -> ByteBuffer {
        guard !splices.isEmpty else { return bytes }
        var buffer = allocator.buffer(capacity: bytes.readableBytes + copiedByteCount)
        var rest = bytes
        var position = 0
        for (index, splice) in splices.enumerated() {
            if var part = rest.readSlice(length: splice.position - position) {
                buffer.writeBuffer(&part)
            }
            position = splice.position
            let slice = slices[splice.records.position]
            var failure: LogError?
            unsafe buffer.writeWithUnsafeMutableBytes(
                minimumWritableBytes: splice.records.byteCount
            ) { target in
                do throws(LogError) {
                    try unsafe slice.copy(
                        from: index == 0 ? skippedByteCount : 0,
                        to: UnsafeMutableRawBufferPointer(
                            rebasing: target[..<splice.records.byteCount]))
                    return splice.records.byteCount
                } catch {
                    failure = error
                    return 0
                }
            }
            if let failure { throw failure }
        }
        buffer.writeBuffer(&rest)
        return buffer
    }
}
