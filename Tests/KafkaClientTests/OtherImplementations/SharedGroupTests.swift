import CommitLog
import Foundation
import RecordFormat
import Testing

@testable import KafkaClient

@Suite(
    "Groups of which one member is ours and one another implementation's",
    .enabled(if: PythonScript.python != nil, PythonScript.comment))
struct SharedGroupTests {
    @Test(
        "share the partitions, whoever came first and leads, and read every record once",
        arguments: [
            ("confluent", "range"), ("confluent", "roundrobin"),
            ("confluent", "cooperative-sticky"), ("kafka-python", "range"),
            ("kafka-python", "sticky"), ("kafka-python", "cooperative-sticky"),
            ("confluent", "consumer:uniform"), ("confluent", "consumer:range"),
        ], [true, false])
    func sharing(_ other: (client: String, strategy: String), oursLeads: Bool) async throws {
        let broker = try RunningBroker([
            "group.initial.rebalance.delay.ms": "0", "group.consumer.heartbeat.interval.ms": "100",
            "group.consumer.min.heartbeat.interval.ms": "100",
        ])
        _ = try broker.broker.log.createTopic("orders", partitions: 6)
        func python() throws -> PythonScript {
            try PythonScript(
                "group_member.py", other.client, "\(broker.address)", "mixed", "orders",
                other.strategy)
        }
        func ours() throws -> RunningMember {
            let strategy =
                other.strategy.hasPrefix("consumer:")
                ? [
                    "group.protocol": "consumer",
                    "group.remote.assignor": String(other.strategy.dropFirst("consumer:".count)),
                ]
                : [
                    "heartbeat.interval.ms": "100", "session.timeout.ms": "6000",
                    "partition.assignment.strategy": other.strategy,
                ]
            let settings = ["group.id": "mixed", "auto.offset.reset": "earliest"]
            return RunningMember(
                try broker.cluster(settings.merging(strategy) { $1 }), topics: ["orders"])
        }
        let script: PythonScript
        let member: RunningMember
        if oursLeads {
            member = try ours()
            try await eventually { member.now.owned.count == 6 }
            script = try python()
        } else {
            script = try python()
            #expect(try script.line() == "joined")
            member = try ours()
        }
        try await eventually { member.now.owned.count == 3 }
        if oursLeads { #expect(try script.line() == "joined") }
        try broker.storeNumbered(0..<180, partitions: 6, in: "orders")
        try await eventually { member.now.values.count >= 90 }
        let theirs = try JSONDecoder().decode([String].self, from: script.finish())
        #expect(theirs.count == 90)
        #expect(Set(theirs + member.now.values) == Set((0..<180).map(String.init)))

        // The other one has left.
        try await eventually { member.now.owned.count == 6 }
        #expect(member.now.values.count == 90)
        #expect(member.now.failure == nil)
        try await member.leave()
    }
}
