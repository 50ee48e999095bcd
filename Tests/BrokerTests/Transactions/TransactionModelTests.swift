import CommitLog
import Glibc
import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite("Random transactions")
struct TransactionModelTests {
    /// A client with a transactional id, and what it has written and not yet committed.
    private struct Client {
        var id: String
        var producer: ProducerIdentity
        var version: TransactionVersion
        var sequences: [TopicPartition: Int32] = [:]
        var open: [TopicPartition: [String]] = [:]
        var added: Set<TopicPartition> = []

        mutating func isEnded() {
            open = [:]
            added = []
        }
    }

    private func add(
        _ partition: TopicPartition, _ client: Client, _ bench: TransactionBench
    ) async -> ErrorCode {
        switch client.version {
        case .first: await bench.add([partition], client.id, client.producer)
        case .second: await bench.addImplicitly([partition], client.id, client.producer)
        }
    }

    /// Ends the client's transaction; in the second version it has another epoch then.
    private func end(
        _ client: inout Client, isCommit: Bool, _ bench: TransactionBench
    ) async -> ErrorCode {
        guard client.version == .second else {
            return await bench.end(client.id, client.producer, isCommit: isCommit)
        }
        let (error, next) = await bench.endRaisingEpoch(
            client.id, client.producer, isCommit: isCommit)
        if error == .none {
            client.producer = next
            client.sequences = [:]
        }
        return error
    }

    @Test(
        "of several producers and partitions show exactly what was committed",
        arguments: [false, true])
    func agreeWithModel(isDurable: Bool) async throws {
        var random = SeededGenerator()
        for _ in 0..<3 {
            let bench = try await TransactionBench(isDurable: isDurable)
            var committed: [TopicPartition: Set<String>] = [:]
            var clients: [Client] = []
            for index in 0..<4 {
                let id = "client-\(index)"
                clients.append(
                    Client(
                        id: id, producer: try await bench.started(id),
                        version: index % 2 == 0 ? .first : .second))
            }
            for step in 0..<150 {
                let index = Int.random(in: 0..<clients.count, using: &random)
                var client = clients[index]
                let partition = TransactionBench.partitions.randomElement(using: &random)!
                let note = "WEIR_TEST_SEED=\(random.seed) step \(step)"
                switch Int.random(in: 0..<20, using: &random) {
                case 0..<11:
                    if !client.added.contains(partition) {
                        let error = await add(partition, client, bench)
                        #expect(error == .none, "\(note)")
                        client.added.insert(partition)
                    }
                    let sequence = client.sequences[partition, default: 0]
                    let error = try bench.produce(
                        "\(step)", to: partition, client.id, client.producer, sequence: sequence)
                    #expect(error == nil, "\(note)")
                    client.sequences[partition] = sequence + 1
                    client.open[partition, default: []].append("\(step)")
                case 11..<14 where !client.added.isEmpty:
                    let error = await end(&client, isCommit: true, bench)
                    #expect(error == .none, "\(note)")
                    for (partition, values) in client.open {
                        committed[partition, default: []].formUnion(values)
                    }
                    client.isEnded()
                case 14..<16 where !client.added.isEmpty:
                    let error = await end(&client, isCommit: false, bench)
                    #expect(error == .none, "\(note)")
                    client.isEnded()
                case 16:
                    // The client dies and comes again.
                    var old = client
                    client.producer = try await bench.started(client.id)
                    #expect(
                        await end(&old, isCommit: true, bench) == .producerFenced, "\(note)")
                    client.sequences = [:]
                    client.isEnded()
                case 17:
                    #expect(
                        try bench.produce("plain \(step)", to: partition, nil, .none, sequence: -1)
                            == nil)
                    committed[partition, default: []].insert("plain \(step)")
                case 18:
                    try await bench.restart(isClean: Bool.random(using: &random))
                default:
                    break
                }
                clients[index] = client
                // What is below the last stable offset is no more than what was committed.
                let seen = Set(try bench.committed(partition))
                #expect(seen.isSubset(of: committed[partition] ?? []), "\(note)")
            }
            for index in clients.indices where !clients[index].added.isEmpty {
                #expect(await end(&clients[index], isCommit: false, bench) == .none)
            }
            try await bench.settle()
            for partition in TransactionBench.partitions {
                let seen = try bench.committed(partition)
                #expect(Set(seen) == committed[partition] ?? [], "WEIR_TEST_SEED=\(random.seed)")
                #expect(Set(seen).count == seen.count)
            }
        }
    }
}
