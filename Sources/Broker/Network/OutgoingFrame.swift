import CommitLog
import KafkaProtocol
import NIOCore

/// An answer ready to be written: its bytes, and the file slices that belong between them.
struct OutgoingFrame: Sendable {
    var bytes: ByteBuffer
    /// Where in `bytes` a slice goes; `records.position` is its place in `slices`.
    var splices: [Splice]
    var slices: [FileSlice]
    var byteCount: Int
    /// So many bytes of the first slice belong to a part before this one.
    var skippedByteCount = 0

    /// More slices than these are written in parts.
    static let slicesPerPart = 64

    /// The frame in parts with few slices each.
    func parts() -> [OutgoingFrame] {
        guard splices.count > Self.slicesPerPart else { return [self] }
        var parts: [OutgoingFrame] = []
        var rest = bytes
        var position = 0
        for start in stride(from: 0, to: splices.count, by: Self.slicesPerPart) {
            let end = min(start + Self.slicesPerPart, splices.count)
            var own = Array(splices[start..<end])
            let partEnd = end == splices.count ? bytes.readableBytes : own[own.count - 1].position
            for index in own.indices { own[index].position -= position }
            guard let part = rest.readSlice(length: partEnd - position) else {
                preconditionFailure("splices lie within the frame")
            }
            position = partEnd
            parts.append(
                OutgoingFrame(
                    bytes: part, splices: own, slices: slices,
                    byteCount: own.reduce(part.readableBytes) { $0 + $1.records.byteCount }))
        }
        return parts
    }

    /// The parts of files that are spliced in, in their order. They borrow the slices' descriptors,
    /// so that no file is opened: `release` them when all is written, and keep the slices until
    /// then.
    func regions() -> [FileRegion] {
        splices.map { splice in
            let slice = slices[splice.records.position]
            let handle = NIOFileHandle(
                _deprecatedTakingOwnershipOfDescriptor: slice.fileDescriptor)
            return FileRegion(
                fileHandle: handle, readerIndex: slice.position,
                endIndex: slice.position + splice.records.byteCount)
        }
    }

    static func release(_ regions: [FileRegion]) {
        for region in regions { _ = try? region.fileHandle.takeDescriptorOwnership() }
    }

    /// What is written, piece by piece.
    func pieces(_ regions: [FileRegion]) -> [IOData] {
        var pieces: [IOData] = []
        var rest = bytes
        var position = 0
        for (splice, region) in zip(splices, regions) {
            if let part = rest.readSlice(length: splice.position - position),
                part.readableBytes > 0
            {
                pieces.append(.byteBuffer(part))
            }
            position = splice.position
            pieces.append(.fileRegion(region))
        }
        if rest.readableBytes > 0 { pieces.append(.byteBuffer(rest)) }
        return pieces
    }
}
