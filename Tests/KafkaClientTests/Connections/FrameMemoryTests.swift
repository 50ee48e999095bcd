import NIOCore
import Testing

@testable import KafkaClient

@Suite("The memory of frames")
struct FrameMemoryTests {
    private static let size = 100 << 10

    private func frame(_ memory: inout FrameMemory, _ byteCount: Int = Self.size) -> ByteBuffer {
        var frame = memory.take(capacity: byteCount)
        frame.writeRepeatingByte(1, count: byteCount)
        memory.keep(frame)
        return frame
    }

    private func place(_ frame: ByteBuffer) -> Int {
        unsafe frame.withUnsafeReadableBytes { Int(bitPattern: $0.baseAddress) }
    }

    @Test("is used again once nobody has the frame any more, and not before")
    func reuse() {
        var memory = FrameMemory()
        var first: ByteBuffer? = frame(&memory)
        let firstPlace = first.map(place)
        var slice = first?.getSlice(at: 10, length: 5)
        first = nil
        let second = frame(&memory)
        #expect(place(second) != firstPlace)
        #expect(slice == ByteBuffer(repeating: 1, count: 5))
        slice = nil
        #expect(place(frame(&memory)) == firstPlace)
        withExtendedLifetime(second) {}
    }

    @Test("is bounded, and given back by a connection that needs it no more")
    func bounds() {
        var memory = FrameMemory()
        let frames = (0..<400).map { _ in frame(&memory) }
        #expect(memory.byteCount > FrameMemory.byteCountLimit / 2)
        #expect(memory.byteCount <= FrameMemory.byteCountLimit)
        for _ in frames { memory.letOneGo() }
        #expect(memory.byteCount == 0)
        // Small ones are the heap's.
        _ = frame(&memory, 1_000)
        #expect(memory.byteCount == 0)
    }
}
