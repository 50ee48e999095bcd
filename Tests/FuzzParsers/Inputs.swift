import KafkaProtocol
import RecordFormat

/// The input in parts, each after two bytes with its length.
func chunks(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var rest = bytes[...]
    var chunks: [ArraySlice<UInt8>] = []
    while rest.count > 2 {
        let length = Int(rest.removeFirst()) << 8 | Int(rest.removeFirst())
        chunks.append(rest.prefix(length))
        rest = rest.dropFirst(length)
    }
    return chunks
}

/// A body behind the header of the newest version.
func decoded<Body: Request>(
    _: Body.Type, _ apiKey: ApiKey, _ body: some Sequence<UInt8>
) -> Body? {
    let version = apiKey.advertisedVersions.upperBound
    let head: [UInt8] = [
        UInt8(apiKey.rawValue >> 8), UInt8(apiKey.rawValue & 0xFF), 0, UInt8(version), 0, 0, 0, 1,
        0, 1, UInt8(ascii: "c"), 0,
    ]
    let frame = head + Array(body)
    let bytes = unsafe frame.span.bytes
    guard let header = try? RequestHeader(decoding: bytes) else { return nil }
    return try? Body(decoding: bytes, header: header)
}

/// Parts as `chunks` reads them.
func joined(_ chunks: [[UInt8]]) -> [UInt8] {
    chunks.flatMap { [UInt8($0.count >> 8), UInt8($0.count & 0xFF)] + $0 }
}

/// The body of a request in the newest version.
func body(_ request: some Request, _ apiKey: ApiKey) -> [UInt8] {
    structure(request, version: apiKey.advertisedVersions.upperBound)
}

/// A flexible structure by itself.
func structure(_ fields: some FieldSet, version: Int16) -> [UInt8] {
    var writer = FieldWriter()
    do {
        try writer.append(structure: fields, version: version, isFlexible: true)
    } catch {
        preconditionFailure("a seed cannot be written: \(error)")
    }
    return writer.bytes
}

/// A batch of records, from pairs of a key and a value; an empty value is null. Nil where they do not fit.
func batch(of parts: [[UInt8]], at baseOffset: Int64 = 0) -> [UInt8]? {
    guard parts.count > 1, var builder = try? RecordBatchBuilder(batchSize: 1 << 20) else {
        return nil
    }
    for index in stride(from: 0, to: parts.count - 1, by: 2) {
        let value = parts[index + 1]
        guard
            builder.append(
                timestamp: 1, key: parts[index], value: value.isEmpty ? nil : value)
        else { return nil }
    }
    guard (try? builder.seal()) != nil else { return nil }
    return unsafe Array(builder.sealedBytes)
}
