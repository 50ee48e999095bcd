import KafkaProtocol
import Synchronization
import Testing

@testable import Broker

@Suite("A reply")
struct ReplyTests {
    @Test("hands its response on")
    func handsOn() {
        let received = Mutex<[Int32]>([])
        let reply = Reply<HeartbeatResponse> { response in
            received.withLock { $0.append(response.throttleTimeMs) }
        }
        var response = HeartbeatResponse()
        response.throttleTimeMs = 7
        reply(response)
        #expect(received.withLock { $0 } == [7])
    }
}
