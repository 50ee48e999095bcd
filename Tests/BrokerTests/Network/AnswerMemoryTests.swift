import KafkaProtocol
import Synchronization
import Testing

@testable import Broker

@Suite("The memory of answers that are not written")
struct AnswerMemoryTests {
    @Test("lets nobody take a request while it is full, and then who came first")
    func waits() {
        let memory = AnswerMemory(limit: 100)
        let woken = Mutex<[Int]>([])
        func mayTake(_ name: Int) -> Bool {
            memory.mayTakeRequest { woken.withLock { $0.append(name) } }
        }
        #expect(mayTake(0))
        memory.add(120)
        for name in 1...10 { #expect(!mayTake(name)) }
        #expect(memory.waiterCount == 10)
        memory.remove(10)
        #expect(woken.withLock { $0 }.isEmpty, "it is still full")
        memory.remove(20)
        #expect(woken.withLock { $0 } == Array(1...8), "some at a time")
        memory.remove(90)
        #expect(woken.withLock { $0 } == Array(1...10))
        #expect(memory.usedByteCount == 0)
        #expect(memory.waiterCount == 0)
        #expect(mayTake(11))
    }

    @Test("knows the most that was used")
    func peak() {
        let memory = AnswerMemory(limit: 100)
        memory.add(70)
        memory.remove(50)
        #expect(memory.takePeak() == 70)
        #expect(memory.takePeak() == 20)
    }

    @Test("is scarce once more than half is taken")
    func scarcity() {
        let memory = AnswerMemory(limit: 100)
        memory.add(50)
        #expect(!memory.isScarce)
        memory.add(1)
        #expect(memory.isScarce)
    }

    @Test("goes to others when clients do not read what they asked for")
    func silentReaders() throws {
        let broker = try TestBroker([
            "weir.queued.max.response.bytes": "60000", "socket.send.buffer.bytes": "4096",
            "weir.request.silence.timeout.ms": "200",
        ])
        try broker.topic("t", partitions: 500)
        var all = MetadataRequest()
        all.topics = nil
        let silent = try (0..<8).map { _ in
            try TestClient(port: broker.port, receiveBufferByteCount: 4096)
        }
        for client in silent {
            for _ in 0..<50 { try client.post(all, version: 8) }
        }
        let honest = try broker.client()
        for _ in 0..<20 {
            #expect(try honest.ask(all, version: 8).topics[0].partitions.count == 500)
        }
        let memory = try #require(broker.broker.server.withLock { $0 }).services.answers
        #expect(memory.takePeak() < 300_000)
        var endedCount = 0
        for client in silent where client.endsAfterItsAnswers() { endedCount += 1 }
        #expect(endedCount > 0)
    }
}

extension TestClient {
    /// Reads what there is; whether the broker has then ended the connection.
    fileprivate func endsAfterItsAnswers() -> Bool {
        while isReadable(withinMs: 1000) {
            do {
                _ = try receive(1)
            } catch {
                return error as? Failure == .closed
            }
        }
        return false
    }
}
