import Dispatch
import KafkaProtocol
import NIOPosix
import Testing

@testable import Broker

@Suite("A broker whose state is still being read")
struct LoadingTests {
    typealias Loader = Past.Loader

    /// A thread that does nothing before it is told to.
    private final class HeldThread {
        let pool = NIOThreadPool(numberOfThreads: 1)
        private let gate = DispatchSemaphore(value: 0)

        init() {
            pool.start()
            pool.submit { [gate] _ in gate.wait() }
        }

        func release() { gate.signal() }

        deinit {
            gate.signal()
            try? pool.syncShutdownGracefully()
        }
    }

    @Test("answers every API with what clients try again, and then as if nothing had been")
    func answersRetriably() throws {
        var past = try Past()
        var asked: Set<ApiKey> = []
        for loader in Loader.allCases {
            let held = HeldThread()
            var loaders = LoaderThreads()
            switch loader {
            case .groups: loaders.groups = held.pool
            case .transactions: loaders.transactions = held.pool
            }
            let broker = try TestBroker(
                AuthorizerSettings.everything.merging(["weir.client.metrics": "count"]) { $1 },
                directory: past.directory, loaders: loaders)
            let client = try broker.client()
            for (apiKey, ask) in past.requests(while: loader) {
                asked.insert(apiKey)
                for code in ErrorCodes.all(in: try ask(client)) {
                    #expect(
                        code == .none || code.isRetriable
                            // What Kafka answers SyncGroup with, so that old clients understand it.
                            || (apiKey == .syncGroup && code == .rebalanceInProgress),
                        "\(apiKey): \(code) while \(loader) are read")
                }
            }
            held.release()
            try past.check(client)
            try broker.stopForNext()
        }
        TestBroker.removeTree(past.directory)
        #expect(Set(ApiKey.allCases).subtracting(asked) == [.saslHandshake, .saslAuthenticate])
    }

    @Test("forgets what a group committed in a topic that was deleted meanwhile")
    func forgetsDeletedTopics() throws {
        let past = try Past()
        let held = HeldThread()
        let broker = try TestBroker(
            directory: past.directory, loaders: LoaderThreads(groups: held.pool))
        let client = try broker.client()
        var delete = DeleteTopicsRequest()
        delete.topicNames = ["t"]
        let deleted = try client.ask(delete, version: 4)
        #expect(deleted.responses.map(\.errorCode) == [.none])
        held.release()
        var fetch = OffsetFetchRequest()
        fetch.groupID = "g"
        fetch.topics = nil
        let fetched = try retried {
            try client.ask(fetch, version: 7)
        } code: {
            $0.errorCode
        }
        #expect(fetched.topics.isEmpty)
    }
}

/// Asks until the answer is not that something is still being read.
func retried<Body>(
    _ ask: () throws -> Body, code: (Body) -> ErrorCode
) throws -> Body {
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(20)
    while true {
        let body = try ask()
        if !code(body).isRetriable || clock.now > deadline { return body }
    }
}

/// The error codes in an answer, wherever they stand.
enum ErrorCodes {
    static func all(in value: Any) -> [ErrorCode] {
        if let code = value as? ErrorCode { return [code] }
        return Mirror(reflecting: value).children.flatMap { all(in: $0.value) }
    }
}
