import KafkaProtocol
import NIOCore
import Testing

@testable import Broker

@Suite("The log of denials")
struct DenialLogTests {
    private func denial(_ name: String, of user: String = "bob") -> DenialLog.Denial {
        DenialLog.Denial(
            principal: Principal(name: user), operation: .write, resourceType: .topic,
            resourceName: name, host: "10.0.0.1", apiKey: .produce)
    }

    @Test("says who wanted what from where, once a minute")
    func once() {
        let lines = LinesKept()
        let log = DenialLog(lines.logger)
        let start = NIODeadline.now()
        for _ in 0..<1000 { log.note(denial("orders"), now: start) }
        #expect(
            lines.matching("e") == [
                #"denied: "User:bob" at 10.0.0.1 wants Write on Topic "orders" for produce"#
            ])
        log.note(denial("orders"), now: start + .seconds(60))
        #expect(lines.matching("999 more denials").count == 1)
        #expect(lines.matching("orders").count == 2)
    }

    @Test("has a share for each principal, and ends where many have used theirs up")
    func shares() {
        let lines = LinesKept()
        let log = DenialLog(lines.logger)
        let start = NIODeadline.now()
        for index in 0..<1000 { log.note(denial("\(index)"), now: start) }
        log.note(denial("orders", of: "carol"), now: start)
        #expect(lines.matching("carol").count == 1)
        for user in 0..<100 {
            for name in 0..<100 { log.note(denial("\(name)", of: "\(user)"), now: start) }
        }
        #expect(lines.matching("denied").count == DenialLog.linesOfAll)
        log.note(denial("orders"), now: start + .seconds(60))
        #expect(lines.matching("10401 more denials").count == 1)
    }

    @Test("is bounded, whatever names a client makes up")
    func bounded() {
        let lines = LinesKept()
        let log = DenialLog(lines.logger)
        let start = NIODeadline.now()
        for index in 0..<10_000 { log.note(denial("\(index)"), now: start) }
        #expect(lines.matching("e").count == DenialLog.linesPerWindow)
        log.note(denial("a\nb" + String(repeating: "x", count: 30_000)), now: start + .seconds(60))
        let last = lines.matching("e").suffix(1)
        #expect(last.allSatisfy { $0.utf8.count < 500 && $0.contains(#"a\nb"#) })
    }
}
