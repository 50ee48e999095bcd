import KafkaProtocol
import NIOCore
import NIOEmbedded
import RecordFormat
import Testing

@testable import KafkaClient

/// The handler over a channel without a socket, whose clock the test moves.
@Suite("The handler of a connection")
struct ConnectionHandlerTests {
    private let loop = EmbeddedEventLoop()
    private let channel: EmbeddedChannel
    private let handler: ConnectionHandler

    init() throws {
        var settings = ConnectionSettings()
        settings.maxIdleMs = 5000
        let peer = Peer(address: BrokerAddress(host: "localhost", port: 9092))
        handler = ConnectionHandler(peer: peer, settings: settings, on: loop)
        channel = EmbeddedChannel(handler: handler, loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 9092)).wait()
    }

    private func ask(
        timeoutMs: Int64 = 100, records: [ByteBuffer] = []
    ) -> EventLoopFuture<ByteBuffer> {
        let answer = loop.makePromise(of: ByteBuffer.self)
        handler.send(
            MetadataRequest(), version: 9, timeoutMs: timeoutMs, records: records, answer: answer)
        return answer.futureResult
    }

    private func respond(correlationID: Int32) throws {
        try channel.writeInbound(
            ByteBuffer(integer: Int32(4)) + ByteBuffer(integer: correlationID))
    }

    private func sentCount() throws -> Int {
        var count = 0
        while try channel.readOutbound(as: ByteBuffer.self) != nil { count += 1 }
        return count
    }

    @Test("closes where a response does not come in time")
    func timeout() throws {
        let first = ask()
        loop.advanceTime(by: .milliseconds(60))
        try respond(correlationID: 0)
        #expect(try first.wait().readableBytes == 4)
        let second = ask()
        loop.advanceTime(by: .milliseconds(99))
        #expect(channel.isActive)
        loop.advanceTime(by: .milliseconds(1))
        #expect(!channel.isActive)
        #expect(
            throws: ConnectionError(.requestTimeout(.metadata, ms: 100), peer: handler.peer)
        ) { try second.wait() }
    }

    @Test("closes where nothing is sent for long, and not before")
    func idleness() throws {
        loop.advanceTime(by: .milliseconds(4000))
        _ = ask()
        try respond(correlationID: 0)
        loop.advanceTime(by: .milliseconds(4999))
        #expect(channel.isActive)
        loop.advanceTime(by: .milliseconds(1))
        #expect(!channel.isActive)
        #expect(
            try handler.closeFuture.wait()
                == ConnectionError(.idle(ms: 5000), peer: handler.peer))
    }

    @Test("keeps requests back while the broker wants a pause")
    func throttle() throws {
        handler.throttle(ms: 50)
        let answers = [ask(), ask()]
        #expect(try sentCount() == 0)
        loop.advanceTime(by: .milliseconds(50))
        #expect(try sentCount() == 2)
        try respond(correlationID: 0)
        try respond(correlationID: 1)
        for answer in answers { #expect(try answer.wait().readableBytes == 4) }
        #expect(handler.statistics.throttle.count == 1)
    }

    @Test("leaves in doubt what was sent before a login that fails, and not what waited for it")
    func failedLoginAgain() throws {
        let sent = ask()
        let login = loop.makePromise(of: Void.self)
        handler.scheduleLogin(after: .milliseconds(10)) { [handler] in
            handler.logInAgain { login.futureResult }
        }
        loop.advanceTime(by: .milliseconds(10))
        let waiting = ask()
        login.fail(ConnectionError(.login("no"), peer: handler.peer))
        #expect(!channel.isActive)
        #expect(throws: ConnectionError(.loginAgain("no"), peer: handler.peer)) { try sent.wait() }
        #expect(throws: ConnectionError(.login("no"), peer: handler.peer)) { try waiting.wait() }
        let inDoubt = ConnectionError(.loginAgain("no"), peer: handler.peer)
        #expect(inDoubt.leavesDoubt && !inDoubt.isRetriable)
    }

    @Test("writes lent records from where they lie")
    func lentRecords() throws {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1000, alignment: 8)
        defer { unsafe memory.deallocate() }
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 7)
        var request = ProduceRequest()
        var topic = ProduceRequest.Topic()
        var partition = ProduceRequest.Partition()
        partition.records = RecordsRange(position: 0, byteCount: 1000)
        topic.partitionData = [partition]
        request.topicData = [topic]
        let answer = loop.makePromise(of: ByteBuffer.self)
        unsafe handler.send(
            request, version: 9, timeoutMs: 100,
            records: [ByteBuffer(lending: UnsafeRawBufferPointer(memory))], answer: answer)
        var pieces: [ByteBuffer] = []
        while let piece = try channel.readOutbound(as: ByteBuffer.self) { pieces.append(piece) }
        #expect(pieces.count == 3)
        let address = unsafe pieces[1].withUnsafeReadableBytes { $0.baseAddress }
        #expect(unsafe address == UnsafeRawPointer(memory.baseAddress))
        let length = try #require(pieces[0].getInteger(at: 0, as: Int32.self))
        #expect(Int(length) + 4 == pieces.reduce(0) { $0 + $1.readableBytes })
        try respond(correlationID: 0)
        _ = try answer.futureResult.wait()
    }

    @Test("tells those who wait only once the channel is closed")
    func lentUntilClosed() throws {
        let answer = ask()
        var wasActive: Bool?
        answer.assumeIsolated().whenFailure { [channel] _ in wasActive = channel.isActive }
        handler.finish(.closedByClient)
        loop.run()
        #expect(wasActive == false)
    }
}

private func + (left: ByteBuffer, right: ByteBuffer) -> ByteBuffer {
    var joined = left
    joined.writeImmutableBuffer(right)
    return joined
}
