import RecordFormat

/// A partition's producers as of an offset, in Kafka's `.snapshot` format of version 1.
///
/// | position | field       | type   |
/// |----------|-------------|--------|
/// | 0        | version     | Int16  | 1
/// | 2        | crc         | UInt32 | CRC-32C of position 6 to the end
/// | 6        | entry count | Int32  |
/// | 10       | entries     |        | 46 bytes each
///
/// Entry: producerId Int64, producerEpoch Int16, lastSequence Int32, lastOffset Int64, offsetDelta
/// Int32, timestamp Int64, coordinatorEpoch Int32, currentTxnFirstOffset Int64 (−1 where there is
/// none).
enum ProducerSnapshot {
    private static let version: Int16 = 1
    private static let checkedPosition = 6
    private static let headByteCount = 10
    static let entryByteCount = 46

    /// The file's bytes, entries by producer id.
    static func encode(_ table: ProducerStateTable) -> [UInt8] {
        var body = BigEndianWriter(capacity: table.producers.count * entryByteCount + 4)
        body.append(Int32(table.producers.count))
        for (id, producer) in table.producers.sorted(by: { $0.key < $1.key }) {
            let last = producer.batches.last
            body.append(id.rawValue)
            body.append(producer.epoch.rawValue)
            body.append(producer.lastSequence)
            body.append(last?.lastOffset.rawValue ?? -1)
            body.append(last?.offsetDelta ?? 0)
            body.append(producer.lastTimestamp)
            body.append(producer.coordinatorEpoch)
            body.append(producer.currentTransactionFirstOffset?.rawValue ?? -1)
        }
        var head = BigEndianWriter(capacity: headByteCount)
        head.append(version)
        head.append(unsafe body.bytes.withUnsafeBytes { unsafe CRC32C.checksum($0) })
        return head.bytes + body.bytes
    }

    static func decode(_ bytes: [UInt8], path: String) throws(LogError) -> ProducerStateTable {
        guard bytes.count >= headByteCount else {
            throw .corrupt(path: path, position: bytes.count, reason: "the snapshot is torn")
        }
        var reader = BigEndianReader(bytes)
        let version = reader.read(Int16.self)
        guard version == Self.version else {
            throw .corrupt(path: path, position: 0, reason: "snapshot version \(version)")
        }
        let stored = reader.read(UInt32.self)
        let computed = unsafe bytes.withUnsafeBytes { bytes in
            unsafe CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[checkedPosition...]))
        }
        guard stored == computed else {
            throw .corrupt(path: path, position: 2, reason: "the snapshot's CRC does not match")
        }
        let count = Int(reader.read(Int32.self))
        guard count >= 0, bytes.count == headByteCount + count * entryByteCount else {
            throw .corrupt(path: path, position: 6, reason: "\(count) entries do not fit the file")
        }
        var table = ProducerStateTable()
        for _ in 0..<count {
            let id = ProducerID(reader.read())
            table.restore(producer(&reader), id: id)
        }
        return table
    }

    private static func producer(_ reader: inout BigEndianReader) -> ProducerState {
        let epoch = ProducerEpoch(reader.read())
        let lastSequence = reader.read(Int32.self)
        let lastOffset = Offset(reader.read())
        let offsetDelta = reader.read(Int32.self)
        let timestamp = reader.read(Int64.self)
        var producer = ProducerState(epoch: epoch, lastTimestamp: timestamp)
        if lastOffset.rawValue >= 0, lastSequence >= 0, offsetDelta >= 0 {
            producer.add(
                ProducerState.Batch(
                    lastSequence: lastSequence, lastOffset: lastOffset, offsetDelta: offsetDelta,
                    timestamp: timestamp),
                epoch: epoch)
        }
        producer.coordinatorEpoch = reader.read()
        let transactionFirstOffset = reader.read(Int64.self)
        producer.currentTransactionFirstOffset =
            transactionFirstOffset < 0 ? nil : Offset(transactionFirstOffset)
        return producer
    }
}
