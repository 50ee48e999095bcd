import KafkaProtocol
import RecordFormat

@testable import Broker

/// Records of the internal topics, which are read at the start: keys and values, by turns.
let storedRecordParsers: [Parser] = [
    Parser(name: "offsets-topic", bytes: offsetsSeed) { bytes in
        var replay = OffsetsReplay(of: 0, among: 1)
        visit(bytes) { (record, bytes, header) throws(RecordFormatError) in
            checkOffsetsRecord(record, in: bytes)
            try replay.apply(record, in: bytes, of: header)
        }
        for (name, group) in replay.groups {
            if let metadata = group.metadata {
                var classic = ConsumerGroup(
                    id: name.text, config: GroupConfig(), stored: metadata, nowMs: 1)
                classic.didLoad(nowMs: 1)
            }
            if var reconciled = group.reconciled {
                reconciled.didLoad()
                goOn(&reconciled)
            }
            if var share = group.share {
                share.didLoad()
                goOn(&share)
            }
        }
    },
    Parser(name: "share-state-topic", bytes: stateSeed) { bytes in
        var replay = ShareStateReplay()
        visit(bytes) { (record, bytes, header) throws(RecordFormatError) in
            checkStateRecord(record, in: bytes)
            replay.apply(record, in: bytes, of: header)
        }
        for stored in replay.states.values {
            guard var state = stored.state else { continue }
            checkState(state)
            goOn(&state)
        }
    },
]

private func visit(_ bytes: [UInt8], _ body: PartitionRecords.Body) {
    guard let batch = batch(of: chunks(bytes).map(Array.init)) else { return }
    var records = PartitionRecords()
    do {
        try unsafe records.forEach(in: batch.span.bytes, body)
    } catch {
        preconditionFailure("a batch that was just made cannot be read: \(error)")
    }
}

private func checkOffsetsRecord(_ record: Record, in bytes: RawSpan) {
    let value: RawSpan? = record.value.isNull ? nil : bytes.bytes(of: record.value)
    guard
        let read = try? OffsetsTopicRecord(key: bytes.bytes(of: record.key), value: value),
        let written = try? read.encoded(),
        let again = try? unsafe OffsetsTopicRecord(
            key: written.key.span.bytes, value: written.value?.span.bytes)
    else { return }
    precondition(again == read, "written and read, it is another")
}

private func checkStateRecord(_ record: Record, in bytes: RawSpan) {
    let value: RawSpan? = record.value.isNull ? nil : bytes.bytes(of: record.value)
    guard let read = try? ShareStateRecord(key: bytes.bytes(of: record.key), value: value) else {
        return
    }
    do {
        let written = try read.encoded()
        let again = try unsafe ShareStateRecord(
            key: written.key.span.bytes, value: written.value?.span.bytes)
        precondition(again == read, "written and read, it is another")
    } catch {
        preconditionFailure("what was read cannot be written: \(error)")
    }
}

/// All members that were read come back, and one more.
private func goOn(_ group: inout ShareGroup) {
    let known = KnownTopics(changeCount: 1) { topics[$0] }
    _ = group.takeActions()
    for (id, epoch) in group.members.map({ ($0.key.text, $0.value.progress.epoch) }) + [("new", 0)]
    {
        let before = group
        var request = ShareGroupHeartbeatRequest()
        request.memberID = id
        request.memberEpoch = epoch
        if epoch == 0 { request.subscribedTopicNames = ["orders"] }
        let event = ShareHeartbeat(request: request, clientID: "c", clientHost: "/h")
        guard (try? group.heartbeat(event, topics: known)) != nil else { continue }
        checkRecords(group.takeRecords(), lead: before, to: group)
    }
    for id in group.members.keys.map(\.text) { group.sessionEnded(id) }
    precondition(group.members.isEmpty && group.target.isEmpty)
    for record in group.tombstones { group.restore(record) }
}

private func goOn(_ group: inout ReconciledGroup) {
    let known = KnownTopics(changeCount: 1) { topics[$0] }
    for (id, epoch) in group.members.values.map({ ($0.id, $0.progress.epoch) }) + [("new", 0)] {
        var request = ConsumerGroupHeartbeatRequest()
        request.memberID = id
        request.memberEpoch = epoch
        request.topicPartitions = []
        if epoch == 0 { request.subscribedTopicNames = ["orders"] }
        let event = ConsumerHeartbeat(
            request: request, clientID: "c", clientHost: "/h", newMemberID: "new")
        _ = try? group.heartbeat(event, topics: known)
        _ = group.takeRecords()
        _ = group.takeActions()
    }
    for record in group.tombstones { group.restore(record) }
}

/// As the log may have lost its end or its beginning, and then as members go on.
private func goOn(_ read: inout SharePartitionState) {
    var limits = ShareLimits()
    limits.maxRecordLocks = 50
    read.truncate(to: 1_000)
    checkState(read)
    read.moveStart(to: 10)
    checkState(read)
    guard let next = read.nextFetch(limits) else { return }
    let batches = (0..<110).map { ShareBatch(first: $0 * 10, last: $0 * 10 + 9) }
    _ = read.acquire(
        AcquireRequest(holder: ShareHolder(rawValue: 1), maxRecords: 20),
        in: batches.filter { $0.last >= next.offset }, from: next.offset, limits, nowMs: 1)
    checkState(read)
    _ = read.expire(limits, nowMs: .max)
    checkState(read)
}

private let offsetsSeed: [UInt8] = {
    let topicID = TopicID(mostSignificantBits: 1, leastSignificantBits: 2)
    var subscription = ShareGroupMember.Subscription()
    subscription.topicNames = ["orders"]
    var progress = ShareGroupMember.Progress()
    progress.epoch = 2
    progress.assigned = PartitionSet([topicID: [0, 1]])
    let shared = ShareGroup.SharedTopic(name: "orders", partitions: [0, 1])
    let share: [ShareGroupRecord] = [
        .subscription(memberID: "m", subscription), .epoch(2),
        .target(memberID: "m", PartitionSet([topicID: [0, 1]])), .assignmentEpoch(2),
        .progress(memberID: "m", progress), .shared([topicID: shared]),
        .progress(memberID: "n", nil),
    ]
    var consumer = ReconciledMember.Subscription()
    consumer.topicNames = ["a"]
    let reconciled: [ReconciledGroupRecord] = [
        .subscription(memberID: "m", consumer), .epoch(3), .assignmentEpoch(3),
        .target(memberID: "m", PartitionSet([topicID: [0]])),
    ]
    let records =
        share.map { OffsetsTopicRecord.share(group: "s", $0) }
        + reconciled.map { OffsetsTopicRecord.reconciled(group: "r", $0) }
        + [
            .group("c", GroupMetadataValue()),
            .offset(
                group: "c", TopicPartition(topic: "a", partition: 0), nil),
        ]
    return joined(
        records.flatMap { record -> [[UInt8]] in
            guard let (key, value) = try? record.encoded() else {
                preconditionFailure("a seed cannot be written")
            }
            return [key, value ?? []]
        })
}()

private let stateSeed: [UInt8] = {
    let key = SharePartitionKey(
        group: "s", topicID: TopicID(mostSignificantBits: 1, leastSignificantBits: 2), partition: 0)
    func change(_ first: Int64, _ last: Int64, _ state: StoredDeliveryState, _ count: Int16 = 1)
        -> ShareStateBatch
    {
        ShareStateBatch(
            DeliveryChange(first: first, last: last, state: state, deliveryCount: count))
    }
    var snapshot = ShareSnapshotValue()
    snapshot.startOffset = 5
    snapshot.stateBatches = [change(5, 9, .available), change(12, 20, .acknowledged, 0)]
    var update = ShareUpdateValue()
    update.startOffset = 7
    update.stateBatches = [change(7, 9, .archived), change(30, 40, .available, 2)]
    update.deliveryCompleteCount = 9
    let records: [ShareStateRecord.Content] = [.snapshot(snapshot), .update(update)]
    return joined(
        records.flatMap { content -> [[UInt8]] in
            guard let (key, value) = try? ShareStateRecord(key, content).encoded() else {
                preconditionFailure("a seed cannot be written")
            }
            return [key, value ?? []]
        })
}()
