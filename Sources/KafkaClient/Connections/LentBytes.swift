@_spi(CustomByteBufferAllocator) import NIOCore

extension ByteBuffer {
    /// Memory that its owner lends: the socket is written to from there, without a copy.
    ///
    /// The owner keeps the memory as it is until the request that it was lent for has its answer, or
    /// has failed: by then the socket's channel has written or dropped it. The buffer must not be
    /// written to.
    init(lending bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else {
            self.init()
            return
        }
        let memory = unsafe UnsafeMutableRawBufferPointer(
            start: UnsafeMutableRawPointer(mutating: base), count: bytes.count)
        unsafe self.init(takingOwnershipOf: memory, allocator: .lending)
    }
}

extension ByteBufferAllocator {
    /// Frees nothing, because the owner does, and allocates nothing, because nobody writes.
    fileprivate static let lending = unsafe ByteBufferAllocator(
        allocate: { _ in fatalError("lent bytes are not written to") },
        reallocate: { _, _, _ in fatalError("lent bytes are not written to") },
        deallocate: { _ in },
        copy: { _, _, _ in fatalError("lent bytes are not written to") })
}
