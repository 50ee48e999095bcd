// The record format, written as plainly as it can be, to hold the fast code against.

enum ModelCodec {
    static func encode(_ records: [ModelRecord]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (offsetDelta, record) in records.enumerated() {
            var body: [UInt8] = [0]
            body += varint(record.timestamp &- records[0].timestamp)
            body += varint(Int64(offsetDelta))
            body += field(record.key)
            body += field(record.value)
            body += varint(Int64(record.headers.count))
            for header in record.headers { body += field(header.key) + field(header.value) }
            bytes += varint(Int64(body.count)) + body
        }
        return bytes
    }

    private static func field(_ bytes: [UInt8]?) -> [UInt8] {
        guard let bytes else { return varint(-1) }
        return varint(Int64(bytes.count)) + bytes
    }

    static func varint(_ value: Int64) -> [UInt8] {
        var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        var bytes: [UInt8] = []
        while rest > 127 {
            bytes.append(UInt8(rest % 128) + 128)
            rest /= 128
        }
        return bytes + [UInt8(rest)]
    }

    /// The records, or `nil` where the bytes are not exactly `count` records.
    static func decode(
        _ bytes: [UInt8], count: Int, baseTimestamp: Int64
    ) -> [ModelRecord]? {
        var rest = bytes[...]
        var records: [ModelRecord] = []
        for _ in 0..<count {
            guard let length = readVarint(&rest, limit: 5), length > 0, length <= rest.count
            else { return nil }
            var body = rest.prefix(Int(length)).dropFirst()
            rest = rest.dropFirst(Int(length))
            guard let timestampDelta = readVarint(&body, limit: 10),
                let offsetDelta = readVarint(&body, limit: 5), offsetDelta >= 0,
                offsetDelta <= Int32.max,
                let key = readField(&body), let value = readField(&body),
                let headerCount = readVarint(&body, limit: 5), headerCount >= 0,
                headerCount <= body.count
            else { return nil }
            var record = ModelRecord(
                timestamp: baseTimestamp &+ timestampDelta, key: key, value: value)
            for _ in 0..<headerCount {
                guard let headerKey = readField(&body), let headerKey,
                    let headerValue = readField(&body)
                else { return nil }
                record.headers.append(ModelHeader(key: headerKey, value: headerValue))
            }
            guard body.isEmpty else { return nil }
            records.append(record)
        }
        return rest.isEmpty ? records : nil
    }

    /// The outer optional is failure, the inner one a null.
    private static func readField(_ bytes: inout ArraySlice<UInt8>) -> [UInt8]?? {
        guard let count = readVarint(&bytes, limit: 5), count >= -1, count <= bytes.count
        else { return .none }
        guard count >= 0 else { return .some(nil) }
        defer { bytes = bytes.dropFirst(Int(count)) }
        return .some(Array(bytes.prefix(Int(count))))
    }

    private static func readVarint(_ bytes: inout ArraySlice<UInt8>, limit: Int) -> Int64? {
        var encoded: UInt64 = 0
        for index in 0..<limit {
            guard let byte = bytes.popFirst() else { return nil }
            if index == 9, byte > 1 { return nil }
            encoded |= UInt64(byte % 128) << (7 * index)
            if byte < 128 {
                return Int64(bitPattern: encoded >> 1) ^ -Int64(bitPattern: encoded & 1)
            }
        }
        return nil
    }
}
