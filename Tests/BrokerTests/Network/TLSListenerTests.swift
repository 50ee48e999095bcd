import CommitLog
import Dispatch
import Foundation
import Glibc
import KafkaProtocol
import NIOCore
import RecordFormat
import SeededRandom
import TestCertificates
import Testing

@testable import Broker

@Suite("A listener with TLS")
struct TLSListenerTests {
    private let authority: CertificateAuthority
    private let lines = LinesKept(level: .notice)
    private let keyStore: String
    private let broker: TestBroker

    init() throws {
        authority = try CertificateAuthority()
        keyStore = try authority.issue("broker", days: 10).keyStore
        broker = try TestBroker(
            [
                "listener.security.protocol.map": "PLAINTEXT:SSL",
                "ssl.keystore.location": keyStore,
                "weir.authentication.timeout.ms": "300",
            ], lines: lines)
    }

    private func waits(for part: String) -> Bool {
        let deadline = ContinuousClock.now + .seconds(20)
        while lines.matching(part).isEmpty {
            guard ContinuousClock.now < deadline else { return false }
            usleep(1000)
        }
        return true
    }

    @Test("answers a client that speaks Kafka's protocol without it with an alert, and tells")
    func plaintext() throws {
        let client = try broker.client()
        try client.post(ApiVersionsRequest(), version: 3)
        let alert = try client.receive(2)
        #expect(alert == [21, 3])
        #expect(waits(for: "it does not speak TLS, as this port does"))
    }

    @Test("tells of HTTP")
    func http() throws {
        let client = try broker.client()
        try client.send(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        #expect(waits(for: "it speaks HTTP"))
    }

    @Test("ends who sends garbage, half a hello, or nothing")
    func garbage() throws {
        var random = SeededGenerator(seed: 4)
        let hello: [UInt8] = [22, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3]
        let broken = (0..<30).map { _ in
            hello + (0..<300).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        // The silent first, since only so many lines are written a second.
        for bytes in [hello, Array(hello.prefix(3)), []] + broken {
            let client = try broker.client()
            try client.send(bytes)
            // An alert may come first.
            while !client.isClosed() {}
        }
        #expect(waits(for: "weir.authentication.timeout.ms"))
    }

    @Test("reads a changed file beside event loops and long work, whether anybody comes or not")
    func changedFile() throws {
        let new = try authority.issue("new", subject: "/CN=new", days: 100)
        // All threads for long work are taken.
        let gate = DispatchSemaphore(value: 0)
        let taken = DispatchGroup()
        let threads = Int(broker.broker.config.longWorkThreads)
        for _ in 0..<threads {
            taken.enter()
            broker.broker.longWork.run {
                taken.leave()
                gate.wait()
            }
        }
        defer { for _ in 0..<threads { gate.signal() } }
        taken.wait()
        try FileManager.default.removeItem(atPath: keyStore)
        try FileManager.default.moveItem(atPath: new.keyStore, toPath: keyStore)
        try plaintext()
        #expect(waits(for: "has a new certificate for new connections: CN=new"))
    }

    @Test("warns at its start of a certificate that expires soon")
    func expiry() {
        #expect(waits(for: "the certificate of CN=localhost expires in"))
    }
}

@Suite("Answers over TLS")
struct CopiedPartsTests {
    @Test("are parts of bounded size, which together are the answer", arguments: [1, 7, 100, 1000])
    func parts(maximum: Int) throws {
        let broker = try TestBroker()
        let log = try broker.topic("t")[0]
        let client = try broker.client()
        for count in [1, 30, 200] {
            try client.produce("t", testBatch([String(repeating: "x", count: count)]))
        }
        let slice = try #require(
            try log.read(from: .zero, maxBytes: 1 << 20))
        var expected = [UInt8](repeating: 0, count: slice.byteCount)
        try unsafe expected.withUnsafeMutableBytes { try unsafe slice.copy(to: $0) }
        let records = RecordsRange(position: 0, byteCount: slice.byteCount)
        let frame = OutgoingFrame(
            bytes: ByteBuffer(bytes: [1, 2, 3, 4, 5]),
            splices: [
                Splice(position: 2, records: records), Splice(position: 2, records: records),
                Splice(position: 5, records: records),
            ], slices: [slice], byteCount: 5 + 3 * slice.byteCount)
        let parts = frame.copiedParts(maximum: maximum)
        var all: [UInt8] = []
        for part in parts {
            let bytes = try part.copied(ByteBufferAllocator())
            #expect(part.copiedByteCount <= maximum && bytes.readableBytes == part.byteCount)
            all += Array(bytes.readableBytesView)
        }
        #expect(all == [1, 2] + expected + expected + [3, 4, 5] + expected)
        // As while memory is scarce: parts of parts.
        let smaller = parts.flatMap { $0.copiedParts(maximum: max(1, maximum / 3)) }
        all = []
        for part in smaller {
            let bytes = try part.copied(ByteBufferAllocator())
            #expect(bytes.readableBytes == part.byteCount)
            all += Array(bytes.readableBytesView)
        }
        #expect(all == [1, 2] + expected + expected + [3, 4, 5] + expected)
        #expect(smaller.reduce(0) { $0 + $1.byteCount } == frame.byteCount)
        #expect(smaller.allSatisfy { $0.copiedByteCount <= max(1, maximum / 3) })
    }

    @Test("have few slices each")
    func slices() throws {
        let broker = try TestBroker()
        let log = try broker.topic("t")[0]
        try broker.client().produce("t", testBatch(["x"]))
        let slice = try #require(try log.read(from: .zero, maxBytes: 1 << 20))
        let records = RecordsRange(position: 0, byteCount: slice.byteCount)
        let frame = OutgoingFrame(
            bytes: ByteBuffer(bytes: [UInt8](repeating: 7, count: 200)),
            splices: (0..<200).map { Splice(position: $0, records: records) }, slices: [slice],
            byteCount: 200 * (1 + slice.byteCount))
        let parts = frame.copiedParts()
        #expect(parts.map(\.splices.count) == [64, 64, 64, 8])
        let bytes = try parts.flatMap {
            Array(try $0.copied(ByteBufferAllocator()).readableBytesView)
        }
        #expect(bytes.count == frame.byteCount)
    }
}
