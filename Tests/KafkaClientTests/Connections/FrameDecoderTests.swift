import KafkaProtocol
import NIOCore
import SeededRandom
import Testing

@testable import KafkaClient

@Suite("Frames of responses")
struct FrameDecoderTests {
    private func frame(_ bytes: [UInt8]) -> [UInt8] {
        Array(buffer: ByteBuffer(integer: Int32(bytes.count))) + bytes
    }

    private func reason(of bytes: [UInt8]) -> ConnectionError.Reason? {
        var decoder = FrameDecoder(maximumByteCount: 1000)
        decoder.append(ByteBuffer(bytes: bytes))
        do {
            _ = try decoder.next()
            return nil
        } catch {
            return error
        }
    }

    @Test("are the same however the stream was cut")
    func cuts() throws {
        var random = SeededGenerator()
        let bodies = (0..<40).map { index in
            [UInt8](repeating: UInt8(index), count: Int.random(in: 0...300, using: &random))
        }
        let stream = bodies.flatMap(frame)
        var decoder = FrameDecoder(maximumByteCount: 300)
        var found: [[UInt8]] = []
        var position = 0
        while position < stream.count {
            let end = min(stream.count, position + Int.random(in: 1...200, using: &random))
            decoder.append(ByteBuffer(bytes: stream[position..<end]))
            while let next = try decoder.next() { found.append(Array(buffer: next)) }
            position = end
        }
        #expect(found == bodies)
    }

    @Test("allocate nothing for what was only announced")
    func announced() throws {
        var decoder = FrameDecoder(maximumByteCount: .max)
        decoder.append(ByteBuffer(bytes: [0x7f, 0xff, 0xff, 0xff, 1]))
        #expect(try decoder.next() == nil)
        decoder.append(ByteBuffer(bytes: [2]))
        #expect(try decoder.next() == nil)
    }

    @Test("end the connection where their length is impossible")
    func lengths() {
        #expect(reason(of: [0xff, 0xff, 0xff, 0xff]) == .badFrame(.negative(-1)))
        #expect(reason(of: [0, 0, 4, 0]) == .badFrame(.tooLarge(1024, maximum: 1000)))
    }

    @Test("of other protocols are recognised by their first bytes")
    func otherProtocols() {
        #expect(reason(of: [21, 3, 1, 0, 2, 2, 70]) == .speaks(.tls))
        #expect(reason(of: [22, 3, 3, 0, 80]) == .speaks(.tls))
        #expect(reason(of: Array("HTTP/1.1 400 Bad Request".utf8)) == .speaks(.http))
        #expect(reason(of: Array("SSH-2.0-OpenSSH".utf8)) == .speaks(.ssh))
        #expect(reason(of: frame([1, 2, 3])) == nil)
    }
}
