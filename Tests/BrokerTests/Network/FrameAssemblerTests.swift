import KafkaProtocol
import Testing

@testable import Broker

@Suite("Frames out of a stream")
struct FrameAssemblerTests {
    /// What a connection does with pieces of a stream: the frames found, and how many were copied.
    private func frames(
        in pieces: [[UInt8]], maximum: Int = 1000
    ) throws -> (frames: [[UInt8]], copied: Int, endsInside: Bool) {
        var assembler = FrameAssembler(maximumByteCount: maximum)
        var frames: [[UInt8]] = []
        var copied = 0
        for piece in pieces {
            var position = 0
            piece: while true {
                let step = try unsafe piece.withUnsafeBytes { bytes in
                    try unsafe assembler.step(bytes, consumed: &position)
                }
                switch step {
                case .needsBytes:
                    #expect(position == piece.count, "all of the piece is consumed")
                    break piece
                case .frameInPlace(let byteCount):
                    frames.append(Array(piece[position..<position + byteCount]))
                    position += byteCount
                    assembler.didTakeInPlace()
                case .needsBuffer(let byteCount):
                    assembler.begin(FrameBuffer(byteCount: byteCount))
                case .needsMemory(let byteCount):
                    assembler.admit(byteCount: byteCount)
                case .frameIsWhole:
                    guard let frame = assembler.take() else {
                        Issue.record("a whole frame can be taken")
                        break piece
                    }
                    frames.append(unsafe Array(frame.bytes))
                    copied += 1
                }
            }
        }
        return (frames, copied, assembler.isInsideFrame)
    }

    private static let sample: [[UInt8]] = [
        [1, 2, 3], [], Array(0..<20), [9], Array(repeating: 7, count: 300),
    ]

    private static func stream(_ frames: [[UInt8]]) -> [UInt8] {
        frames.flatMap { frame in
            let count = UInt32(frame.count)
            return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) } + frame
        }
    }

    @Test("that come whole are handled where they were read")
    func inPlace() throws {
        let found = try frames(in: [Self.stream(Self.sample)])
        #expect(found.frames == Self.sample)
        #expect(found.copied == 0)
        #expect(!found.endsInside)
    }

    @Test("are found wherever the stream is cut")
    func everyCut() throws {
        let stream = Self.stream(Self.sample)
        for cut in 0...stream.count {
            let found = try frames(in: [Array(stream[..<cut]), Array(stream[cut...])])
            #expect(found.frames == Self.sample, "cut at \(cut)")
            #expect(found.copied <= 1, "cut at \(cut)")
        }
    }

    @Test("are found when every byte comes alone")
    func bytewise() throws {
        let found = try frames(in: Self.stream(Self.sample).map { [$0] })
        #expect(found.frames == Self.sample)
    }

    @Test("are found in pieces of any sizes")
    func randomPieces() throws {
        var generator = SeededGenerator()
        let seed = generator.seed
        for _ in 0..<300 {
            let sample = (0..<Int.random(in: 0...8, using: &generator)).map { _ in
                (0..<Int.random(in: 0...200, using: &generator)).map { _ in
                    UInt8.random(in: 0...255, using: &generator)
                }
            }
            var rest = Self.stream(sample)[...]
            var pieces: [[UInt8]] = []
            while !rest.isEmpty {
                let count = min(rest.count, Int.random(in: 1...150, using: &generator))
                pieces.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            #expect(try frames(in: pieces).frames == sample, "seed \(seed)")
        }
    }

    @Test("know that they are unfinished", arguments: [1, 3, 4, 6])
    func unfinished(_ byteCount: Int) throws {
        let stream = Self.stream([[1, 2, 3]])
        let found = try frames(in: [Array(stream[..<byteCount])])
        #expect(found.frames.isEmpty)
        #expect(found.endsInside)
    }

    @Test("of hostile lengths are refused before there is memory for them")
    func hostileLengths() {
        #expect(throws: FrameLengthError.tooLarge(1001, maximum: 1000)) {
            try frames(in: [[0, 0, 3, 0xe9]])
        }
        #expect(throws: FrameLengthError.tooLarge(Int(Int32.max), maximum: 1000)) {
            try frames(in: [[0x7f, 0xff, 0xff, 0xff, 0]])
        }
        #expect(throws: FrameLengthError.negative(-1)) {
            try frames(in: [[0xff, 0xff], [0xff, 0xff]])
        }
        #expect(throws: FrameLengthError.negative(.min)) {
            try frames(in: [[0x80, 0, 0, 0]])
        }
    }
}
