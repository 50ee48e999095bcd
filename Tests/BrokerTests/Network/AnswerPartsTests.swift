import CommitLog
import KafkaProtocol
import NIOCore
import Testing

@testable import Broker

@Suite("Answers in parts")
struct AnswerPartsTests {
    private let broker: TestBroker

    init() throws { broker = try TestBroker() }

    private func slice(of byteCount: Int) throws -> FileSlice {
        let log = try broker.topic("t")[0]
        try broker.client().produce("t", testBatch([String(repeating: "x", count: byteCount)]))
        return try #require(try log.read(from: .zero, maxBytes: 1 << 20))
    }

    private func frame(_ slice: FileSlice, count: Int) -> OutgoingFrame {
        let records = RecordsRange(position: 0, byteCount: slice.byteCount)
        return OutgoingFrame(
            bytes: ByteBuffer(bytes: (0..<count).map { UInt8(truncatingIfNeeded: $0) }),
            splices: (0..<count).map { Splice(position: $0, records: records) }, slices: [slice],
            byteCount: count * (1 + slice.byteCount))
    }

    @Test("are whole where the broker ends between two of them", arguments: [false, true])
    func drain(isEncrypted: Bool) throws {
        let frame = frame(try slice(of: 10), count: 200)
        let pair = try ConnectionPair(broker, isEncrypted: isEncrypted)
        let isBetween = try pair.onLoop { connection in
            connection.fill(connection.openSlot(isAwaited: false), .frame(frame))
            // The socket has taken the first part at once, and the next one waits for its turn.
            let isBetween = connection.writesUnderWay == 0 && !connection.unwrittenParts.isEmpty
            connection.drain()
            return isBetween
        }
        #expect(isBetween)
        let expected = try frame.copiedParts().flatMap {
            Array(try $0.copied(ByteBufferAllocator()).readableBytesView)
        }
        #expect(pair.receive() == expected)
        let isClosed = try pair.onLoop { $0.isClosed }
        #expect(isClosed)
    }

    @Test("over TLS have one in memory, however many answers are ready", arguments: [false, true])
    func manyReady(isEnding: Bool) throws {
        let frame = frame(try slice(of: 300_000), count: 1)
        let small = OutgoingFrame(
            bytes: ByteBuffer(bytes: [1, 2, 3]), splices: [], slices: [], byteCount: 3)
        let pair = try ConnectionPair(broker, isEncrypted: true)
        let answers = pair.connection.services.answers
        _ = answers.takePeak()
        try pair.onLoop { connection in
            let slots = (0..<60).map { _ in connection.openSlot(isAwaited: false) }
            for (index, slot) in slots.enumerated().reversed() {
                connection.fill(slot, .frame(index % 3 == 0 ? small : frame))
            }
            if isEnding { connection.drain() }
        }
        let byteCount = 40 * frame.byteCount + 20 * small.byteCount
        let received = pair.receive(atMost: byteCount)
        #expect(received.count == byteCount)
        #expect(received.starts(with: [1, 2, 3]))
        let peak = answers.takePeak()
        #expect(peak > frame.byteCount && peak < OutgoingFrame.copiedByteCount)
        let (left, underWay, gathered) = try pair.onLoop { [gathered = pair.gathered] in
            ($0.unwrittenByteCount, $0.byteCountUnderWay, gathered.largestByteCount)
        }
        #expect(left == 0 && underWay == 0 && answers.usedByteCount == 0)
        #expect(gathered <= OutgoingFrame.copiedByteCount)
        if isEnding { #expect(pair.receive().isEmpty) }
    }
}
