import CommitLog
import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

/// Transactions of the second version, and what administrators ask, over the network.
@Suite("A transaction's request")
struct TransactionRequestTests {
    private let broker: TestBroker
    private let client: TestClient
    private let log: PartitionLog

    init() throws {
        broker = try TestBroker()
        client = try broker.client()
        log = try broker.topic("t", partitions: 2)[0]
    }

    private func begin(
        _ id: String = "tx", version: Int16 = 5,
        _ change: (inout InitProducerIDRequest) -> Void = { _ in }
    ) throws -> InitProducerIDResponse {
        var request = InitProducerIDRequest()
        request.transactionalID = id
        request.transactionTimeoutMs = 60_000
        change(&request)
        for _ in 0..<1000 {
            let answer = try client.ask(request, version: version)
            let isBusy =
                answer.errorCode == .concurrentTransactions
                || answer.errorCode == .coordinatorLoadInProgress
            if !isBusy { return answer }
        }
        return try client.ask(request, version: version)
    }

    /// Produces one record, with sequence 0 unless said otherwise.
    private func produce(
        _ value: String, _ producer: InitProducerIDResponse, epoch: Int16? = nil,
        id: String? = "tx", partition: Int32 = 0, sequence: Int32 = 0, version: Int16 = 12,
        unknownPartitions: Int = 0
    ) throws -> ErrorCode {
        let batch = try testBatch(
            [value], producerID: producer.producerID.rawValue,
            epoch: epoch ?? producer.producerEpoch.rawValue, sequence: sequence,
            isTransactional: true)
        var request = TestClient.produceRequest("t", batch, partition: partition)
        request.transactionalID = id
        for _ in 0..<unknownPartitions {
            var other = ProduceRequest.Partition()
            other.index = 99
            request.topicData[0].partitionData.append(other)
        }
        try client.post(request, version: version, records: batch)
        let answer = try client.response(ProduceResponse.self, version: version).body
        #expect(answer.responses[0].partitionResponses.count == 1 + unknownPartitions)
        return answer.responses[0].partitionResponses[0].errorCode
    }

    private func end(
        _ producer: InitProducerIDResponse, epoch: Int16? = nil, isCommit: Bool, version: Int16 = 5
    ) throws -> EndTxnResponse {
        var request = EndTxnRequest()
        request.transactionalID = "tx"
        request.producerID = producer.producerID
        request.producerEpoch = epoch.map { ProducerEpoch($0) } ?? producer.producerEpoch
        request.committed = isCommit
        return try client.ask(request, version: version)
    }

    private func committed(_ partition: Int32 = 0) throws -> [String] {
        var request = TestClient.fetchRequest("t", partition: partition, offset: 0)
        request.isolationLevel = .readCommitted
        let found = try client.fetch(request, version: 11)
        // Without markers.
        return try testRecords(found.records).map(\.value).filter { !$0.hasPrefix("\0") }
    }

    @Test("adds partitions as batches come, and its end tells the next epoch")
    func secondVersion() throws {
        var producer = try begin()
        for round in 0..<3 {
            #expect(try produce("\(round)", producer) == .none)
            #expect(try produce("b\(round)", producer, partition: 1) == .none)
            #expect(try produce("\(round)'", producer, sequence: 1) == .none)
            let ended = try end(producer, isCommit: round != 1)
            #expect(ended.errorCode == .none)
            #expect(ended.producerEpoch.rawValue == producer.producerEpoch.rawValue + 1)
            let again = try end(producer, isCommit: round != 1)
            #expect(again.errorCode == .none && again.producerEpoch == ended.producerEpoch)
            producer.producerEpoch = ended.producerEpoch
        }
        #expect(log.openTransactions.isEmpty)
        #expect(log.abortedTransactions(from: .zero, below: log.logEndOffset).count == 1)
        // Of several connections' worth of partitions, beside the event loop.
        #expect(try produce("many", producer, unknownPartitions: 2000) == .none)
        #expect(try end(producer, isCommit: true).errorCode == .none)
    }

    @Test("refuses batches of nobody's transaction in the words that a version knows")
    func refusals() throws {
        let producer = try begin()
        #expect(try produce("x", producer, version: 9) == .invalidTxnState)
        #expect(try produce("x", producer, version: 10) == .invalidTxnState)
        #expect(try produce("x", producer, version: 11) == .transactionAbortable)
        #expect(try produce("x", producer, id: "other") == .invalidProducerIDMapping)
        #expect(try produce("x", producer, id: "") == .invalidRequest)
        #expect(try produce("x", producer, id: nil) == .invalidProducerIDMapping)
        #expect(try produce("x", producer, epoch: 7) == .invalidProducerEpoch)
        #expect(try produce("x", producer, partition: 5) == .unknownTopicOrPartition)
        var stranger = producer
        stranger.producerID = ProducerID(12345)
        #expect(try produce("x", stranger) == .invalidProducerIDMapping)
        #expect(log.logEndOffset == .zero)
        let successor = try begin()
        #expect(successor.producerEpoch > producer.producerEpoch)
        #expect(try produce("x", producer) == .invalidProducerEpoch)
        #expect(try produce("x", successor) == .none)
        #expect(try end(producer, isCommit: true).errorCode == .producerFenced)
        #expect(try end(producer, isCommit: true, version: 1).errorCode == .invalidProducerEpoch)
        #expect(try end(successor, isCommit: true, version: 4).producerID == .none)
        #expect(try committed() == ["x"])
    }

    @Test("that was aborted is named in a fetch by where it begins, not by where it ends")
    func abortedInOffsetOrder() throws {
        for id: Int64 in 1...3 {
            var batch = try testBatch(
                ["\(id)"], producerID: id, epoch: 0, sequence: 0, isTransactional: true)
            _ = try unsafe batch.withUnsafeMutableBytes { try unsafe log.append($0) }
        }
        for id: Int64 in [2, 3, 1] {
            _ = try log.appendMarker(
                TransactionMarker(
                    producerID: ProducerID(id), producerEpoch: ProducerEpoch(0), isCommit: false,
                    coordinatorEpoch: 0))
        }
        var request = TestClient.fetchRequest("t", offset: 0)
        request.isolationLevel = .readCommitted
        let aborted = try client.fetch(request, version: 11).partition.abortedTransactions ?? []
        #expect(aborted.map(\.firstOffset.rawValue) == [0, 1, 2])
        #expect(aborted.map(\.producerID.rawValue) == [1, 2, 3])
    }

    @Test("for two phases is refused as where they are not enabled")
    func twoPhases() throws {
        let refused = try begin(version: 6) { $0.enable2Pc = true }
        #expect(refused.errorCode == .transactionalIDAuthorizationFailed)
        #expect(refused.producerID == .none && refused.ongoingTransactionProducerID == .none)
        #expect(
            try begin(version: 6) { $0.keepPreparedTxn = true }.errorCode == .unsupportedVersion)
        #expect(try begin(version: 6).errorCode == .none)
    }

    private func coordinator(_ key: String, _ type: CoordinatorType, version: Int16) throws
        -> ErrorCode
    {
        var request = FindCoordinatorRequest()
        request.coordinatorKeys = [key]
        request.keyType = type
        return try client.ask(request, version: version).coordinators[0].errorCode
    }

    @Test("finds its coordinator in every version")
    func findsCoordinator() throws {
        for version: Int16 in 4...6 {
            #expect(try coordinator("tx", .transaction, version: version) == .none)
            #expect(
                try coordinator("g:x:0", CoordinatorType(rawValue: 2), version: version)
                    == .invalidRequest)
            // Of the state of a share partition, which is of version 6.
            #expect(
                try coordinator("g:h:\(TopicID.random()):0", .share, version: version)
                    == (version < 6 ? .invalidRequest : .none))
        }
    }

    @Test("stages a group's offsets without AddOffsetsToTxn")
    func commitsOffsets() throws {
        #expect(try coordinator("g", .group, version: 6) == .none)
        let producer = try begin()
        func stage(_ offset: Int64, epoch: ProducerEpoch, version: Int16) throws -> ErrorCode {
            var request = TxnOffsetCommitRequest()
            request.transactionalID = "tx"
            request.groupID = "g"
            request.producerID = producer.producerID
            request.producerEpoch = epoch
            var topic = TxnOffsetCommitRequest.Topic()
            topic.name = "t"
            var partition = TxnOffsetCommitRequest.Partition()
            partition.committedOffset = Offset(offset)
            topic.partitions = [partition]
            request.topics = [topic]
            return try client.ask(request, version: version).topics[0].partitions[0].errorCode
        }
        func fetched() throws -> Int64 {
            var request = OffsetFetchRequest()
            request.groupID = "g"
            var topic = OffsetFetchRequest.Topic()
            topic.name = "t"
            topic.partitionIndexes = [0]
            request.topics = [topic]
            let answer = try client.ask(request, version: 5)
            return answer.topics[0].partitions[0].committedOffset.rawValue
        }
        var epoch = producer.producerEpoch
        #expect(try stage(1, epoch: epoch, version: 3) == .invalidTxnState)
        #expect(try stage(1, epoch: epoch, version: 4) == .transactionAbortable)
        #expect(try stage(5, epoch: epoch, version: 5) == .none)
        #expect(try fetched() == -1)
        epoch = try end(producer, isCommit: true).producerEpoch
        #expect(try fetched() == 5)
        #expect(try stage(9, epoch: producer.producerEpoch, version: 5) == .invalidProducerEpoch)
        #expect(try stage(9, epoch: epoch, version: 5) == .none)
        #expect(try end(producer, epoch: epoch.rawValue, isCommit: false).errorCode == .none)
        #expect(try fetched() == 5)
    }

    @Test("of brokers adds and verifies partitions of several transactions at once")
    func batchedAdding() throws {
        let producer = try begin()
        func asked(
            _ id: String, verify: Bool, _ topics: [(String, [Int32])]
        ) -> AddPartitionsToTxnRequest.Transaction {
            var transaction = AddPartitionsToTxnRequest.Transaction()
            transaction.transactionalID = id
            transaction.producerID = producer.producerID
            transaction.producerEpoch = producer.producerEpoch
            transaction.verifyOnly = verify
            transaction.topics = topics.map { name, partitions in
                var topic = AddPartitionsToTxnRequest.Topic()
                topic.name = name
                topic.partitions = partitions
                return topic
            }
            return transaction
        }
        func codes(_ transactions: [AddPartitionsToTxnRequest.Transaction]) throws -> [[ErrorCode]]
        {
            var request = AddPartitionsToTxnRequest()
            request.transactions = transactions
            let answer = try client.ask(request, version: 5)
            #expect(answer.errorCode == .none)
            #expect(
                answer.transactions.map(\.transactionalID) == transactions.map(\.transactionalID))
            return answer.transactions.map { transaction in
                transaction.topics.flatMap { $0.resultsByPartition.map(\.partitionErrorCode) }
            }
        }
        #expect(
            try codes([
                asked("tx", verify: true, [("t", [0])]),
                asked("nobody", verify: false, [("t", [0])]),
                asked("tx", verify: false, [("t", [0, 7]), ("missing", [0])]),
            ]) == [
                [.transactionAbortable], [.invalidProducerIDMapping],
                [.operationNotAttempted, .unknownTopicOrPartition, .unknownTopicOrPartition],
            ])
        #expect(try codes([asked("tx", verify: false, [("t", [0])])]) == [[.none]])
        #expect(
            try codes([asked("tx", verify: true, [("t", [1, 0, 0])])])
                == [[.transactionAbortable, .none, .none]])
        #expect(try codes([]) == [])
        #expect(try produce("x", producer, version: 9) == .none)
        #expect(try end(producer, isCommit: true).errorCode == .none)
    }

    private func producers(_ partitions: [Int32], of topic: String = "t") throws
        -> [DescribeProducersResponse.Partition]
    {
        var request = DescribeProducersRequest()
        var asked = DescribeProducersRequest.Topic()
        asked.name = topic
        asked.partitionIndexes = partitions
        request.topics = [asked]
        return try client.ask(request, version: 0).topics[0].partitions
    }

    private func list(
        version: Int16 = 2, _ change: (inout ListTransactionsRequest) -> Void = { _ in }
    ) throws -> ListTransactionsResponse {
        var request = ListTransactionsRequest()
        change(&request)
        return try client.ask(request, version: version)
    }

    @Test("of an administrator lists and describes transactions and their producers")
    func describing() throws {
        let producer = try begin()
        #expect(try produce("a", producer) == .none)
        #expect(try produce("b", producer, sequence: 1) == .none)
        for version: Int16 in 0...2 {
            let listed = try list(version: version)
            #expect(listed.errorCode == .none)
            #expect(listed.transactionStates.map(\.transactionState) == ["Ongoing"])
            #expect(listed.transactionStates.map(\.producerID) == [producer.producerID])
        }
        let unknown = try list { $0.stateFilters = ["Ongoing", "Nowhere"] }
        #expect(unknown.unknownStateFilters == ["Nowhere"] && unknown.transactionStates.count == 1)
        #expect(try list { $0.stateFilters = ["Nowhere"] }.transactionStates.isEmpty)
        #expect(try list { $0.producerIDFilters = [99] }.transactionStates.isEmpty)
        #expect(try list { $0.durationFilter = 1 << 40 }.transactionStates.isEmpty)
        #expect(try list { $0.transactionalIDPattern = "t." }.transactionStates.count == 1)
        #expect(try list { $0.transactionalIDPattern = "" }.transactionStates.count == 1)
        #expect(try list { $0.transactionalIDPattern = "t" }.transactionStates.isEmpty)
        #expect(
            try list { $0.transactionalIDPattern = "(" }.errorCode == .invalidRegularExpression)

        var request = DescribeTransactionsRequest()
        request.transactionalIDs = ["tx", "nobody", "tx", ""]
        let states = try client.ask(request, version: 0).transactionStates
        #expect(states.map(\.errorCode) == [.none, .transactionalIDNotFound, .invalidRequest])
        #expect(states[0].transactionState == "Ongoing" && states[0].transactionTimeoutMs == 60_000)
        #expect(states[0].topics.map(\.topic) == ["t"] && states[0].topics[0].partitions == [0])
        #expect(states[0].producerEpoch == producer.producerEpoch)
        #expect(states[0].transactionStartTimeMs > 0)

        let described = try producers([0, 1, 7, 0])
        #expect(
            described.map(\.errorCode)
                == [.none, .none, .unknownTopicOrPartition, .invalidRequest])
        let active = try #require(described[0].activeProducers.first)
        #expect(active.producerID == producer.producerID && active.lastSequence == 1)
        #expect(active.currentTransactionStartOffset == 0 && active.coordinatorEpoch == -1)
        #expect(described[1].activeProducers.isEmpty)
        #expect(try producers([0], of: "no/topic")[0].errorCode == .invalidTopicException)
        _ = try end(producer, isCommit: true)
        let after = try #require(try producers([0])[0].activeProducers.first)
        #expect(after.currentTransactionStartOffset == -1 && after.coordinatorEpoch == 0)
        #expect(after.producerEpoch == Int32(producer.producerEpoch.rawValue) + 1)
    }

    @Test("of an administrator ends what no coordinator ends")
    func markers() throws {
        // As a coordinator's records that were lost leave it.
        var batch = try testBatch(
            ["hangs"], producerID: 77, epoch: 3, sequence: 0, isTransactional: true)
        _ = try unsafe batch.withUnsafeMutableBytes { try unsafe log.append($0) }
        #expect(log.openTransactions.count == 1)
        func write(
            _ topic: String, _ partition: Int32 = 0, epoch: Int16, version: Int16 = 2,
            transactionVersion: Int8 = 0, coordinatorEpoch: Int32 = 0
        ) throws -> ErrorCode {
            var request = WriteTxnMarkersRequest()
            var marker = WriteTxnMarkersRequest.Marker()
            marker.producerID = ProducerID(77)
            marker.producerEpoch = ProducerEpoch(epoch)
            marker.coordinatorEpoch = coordinatorEpoch
            marker.transactionVersion = transactionVersion
            var asked = WriteTxnMarkersRequest.Topic()
            asked.name = topic
            asked.partitionIndexes = [partition]
            marker.topics = [asked]
            request.markers = [marker]
            let answer = try client.ask(request, version: version)
            return answer.markers[0].topics[0].partitions[0].errorCode
        }
        #expect(try write("missing", epoch: 3) == .unknownTopicOrPartition)
        #expect(try write("t", 9, epoch: 3) == .unknownTopicOrPartition)
        #expect(try write("t", epoch: 2) == .invalidProducerEpoch)
        #expect(try write("t", epoch: -1) == .invalidRequest)
        #expect(try write("t", epoch: 3, version: 0) == .unsupportedVersion)
        // In the second version, this would be the marker of the transaction before.
        #expect(try write("t", epoch: 3, transactionVersion: 2) == .invalidProducerEpoch)
        #expect(log.openTransactions.count == 1)
        #expect(try write("t", epoch: 3, version: 1, coordinatorEpoch: 4) == .none)
        #expect(log.openTransactions.isEmpty)
        #expect(try write("t", epoch: 3, coordinatorEpoch: 3) == .transactionCoordinatorFenced)
        // Once more, and with a raised epoch.
        #expect(try write("t", epoch: 3, transactionVersion: 2, coordinatorEpoch: 4) == .none)
        #expect(try write("t", epoch: 4, transactionVersion: 2, coordinatorEpoch: 4) == .none)
        #expect(try client.ask(WriteTxnMarkersRequest(), version: 1).markers.isEmpty)
        #expect(log.lastStableOffset == log.logEndOffset)
    }
}
