import KafkaProtocol

/// Finds the frames in what a connection reads, however it was cut.
///
/// A frame that lies whole in the read buffer stays there; one that does not is put together in a
/// buffer of its own. A frame is begun only after its length was compared with the limit, and a
/// byte is copied only after it was admitted. A pure state machine.
struct FrameAssembler: ~Copyable {
    enum Step: Equatable {
        /// Everything was consumed: read on.
        case needsBytes
        /// The next so many bytes are a frame, without its length.
        case frameInPlace(byteCount: Int)
        /// A frame of so many bytes has begun and needs a buffer: `begin` it.
        case needsBuffer(byteCount: Int)
        /// So many more bytes of the frame have come than were admitted: `admit` them, or wait.
        case needsMemory(byteCount: Int)
        /// The frame that was begun is whole: `take` it.
        case frameIsWhole
    }

    private enum State {
        /// In front of a frame, with so many bytes of its length.
        case length(UInt32, byteCount: Int)
        /// The length is known, nothing of the frame consumed.
        case body(byteCount: Int)
        case partial
    }

    /// Of a frame that begins from now on.
    var maximumByteCount: Int
    private var state = State.length(0, byteCount: 0)
    private(set) var buffer: FrameBuffer?
    /// So many more bytes may be copied.
    private var admittedByteCount = 0

    init(maximumByteCount: Int) {
        self.maximumByteCount = maximumByteCount
    }

    /// Whether the bytes so far end inside a frame.
    var isInsideFrame: Bool {
        if case .length(_, 0) = state { false } else { true }
    }

    /// Looks at `bytes`, the unconsumed rest of what was read, and says what comes next; `consumed`
    /// is how many of them are done with.
    mutating func step(
        _ bytes: UnsafeRawBufferPointer, consumed: inout Int
    ) throws(FrameLengthError) -> Step {
        if case .length(var value, var count) = state {
            while count < FrameLength.byteCount, consumed < bytes.count {
                value = value << 8 | UInt32(unsafe bytes[consumed])
                consumed += 1
                count += 1
            }
            state = .length(value, byteCount: count)
            guard count == FrameLength.byteCount else { return .needsBytes }
            var bigEndian = value.bigEndian
            let length = try unsafe withUnsafeBytes(of: &bigEndian) {
                (prefix) throws(FrameLengthError) in
                try FrameLength.read(
                    from: unsafe RawSpan(_unsafeBytes: prefix), maximum: maximumByteCount)
            }
            state = .body(byteCount: length ?? 0)
        }
        switch state {
        case .length: return .needsBytes
        case .body(let byteCount):
            return bytes.count - consumed >= byteCount
                ? .frameInPlace(byteCount: byteCount) : .needsBuffer(byteCount: byteCount)
        case .partial:
            guard let buffer else { return .needsBytes }
            let count = min(bytes.count - consumed, buffer.missingByteCount)
            guard count <= admittedByteCount else {
                return .needsMemory(byteCount: count - admittedByteCount)
            }
            admittedByteCount -= count
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[consumed...])
            consumed += unsafe buffer.append(rest)
            return buffer.missingByteCount == 0 ? .frameIsWhole : .needsBytes
        }
    }

    /// The frame in place was handled, and its bytes consumed.
    mutating func didTakeInPlace() {
        state = .length(0, byteCount: 0)
    }

    /// Gives the frame that has begun its buffer.
    mutating func begin(_ buffer: FrameBuffer) {
        self.buffer = buffer
        state = .partial
    }

    /// So many more bytes of the frame may be kept.
    mutating func admit(byteCount: Int) { admittedByteCount += byteCount }

    /// The frame that is whole.
    mutating func take() -> FrameBuffer? {
        state = .length(0, byteCount: 0)
        return buffer.take()
    }

    /// Lets go of what has come.
    mutating func abandon() { buffer = nil }
}
