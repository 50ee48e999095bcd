import Glibc
import KafkaProtocol
import RecordFormat

/// A Kafka client over one blocking socket, for tests: it sends what it is told to, well formed or not.
final class TestClient {
    enum Failure: Error, Equatable {
        case closed
        case timedOut
        case system(String, Int32)
    }

    private let descriptor: Int32
    private var nextCorrelationID: Int32 = 1
    var clientID = "test"
    /// What no read may take longer than.
    private static let timeoutSeconds = 30

    init(port: Int, receiveBufferByteCount: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure.system("socket", errno) }
        var timeout = timeval(tv_sec: Self.timeoutSeconds, tv_usec: 0)
        unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var yes: Int32 = 1
        unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, 4)
        if var byteCount = receiveBufferByteCount {
            unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &byteCount, 4)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure.system("connect", errno) }
    }

    deinit { _ = Glibc.close(descriptor) }

    /// An option of the broker's end of the connection, which is in this process, too; nil if it is not
    /// found.
    func optionOfBroker(level: Int32, _ option: Int32) -> Int32? {
        let own = unsafe Self.port(of: descriptor, getsockname)
        for other in 0..<Int32(4_096) where other != descriptor {
            guard let own, unsafe Self.port(of: other, getpeername) == own else { continue }
            var (value, length) = (Int32(-1), socklen_t(4))
            guard unsafe getsockopt(other, level, option, &value, &length) == 0 else { return nil }
            return value
        }
        return nil
    }

    private static func port(
        of descriptor: Int32,
        _ name: (Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?) -> Int32
    ) -> in_port_t? {
        var (address, length) = (sockaddr_in(), socklen_t(MemoryLayout<sockaddr_in>.size))
        let result = unsafe withUnsafeMutablePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe name(descriptor, $0, &length)
            }
        }
        return result == 0 && address.sin_family == sa_family_t(AF_INET) ? address.sin_port : nil
    }

    /// Ends the sending half only.
    func finishSending() { _ = Glibc.shutdown(descriptor, Int32(SHUT_WR)) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(
                    descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EPIPE || errno == ECONNRESET { throw Failure.closed }
                throw errno == EAGAIN ? Failure.timedOut : Failure.system("send", errno)
            }
            sent += count
        }
    }

    func receive(_ byteCount: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        var received = 0
        while received < byteCount {
            let count = unsafe bytes.withUnsafeMutableBytes {
                unsafe recv(descriptor, $0.baseAddress! + received, byteCount - received, 0)
            }
            if count == 0 { throw Failure.closed }
            if count < 0 {
                if errno == EINTR { continue }
                if errno == ECONNRESET { throw Failure.closed }
                throw errno == EAGAIN ? Failure.timedOut : Failure.system("recv", errno)
            }
            received += count
        }
        return bytes
    }

    /// The next frame, without its length.
    func receiveFrame() throws -> [UInt8] {
        let length = try receive(4).reduce(0) { $0 << 8 | Int($1) }
        return try receive(length)
    }

    /// Whether the broker has ended the connection, and sent nothing more.
    func isClosed() -> Bool {
        do {
            _ = try receive(1)
            return false
        } catch {
            return error as? Failure == .closed
        }
    }

    /// Whether something can be read within so many milliseconds.
    func isReadable(withinMs milliseconds: Int32) -> Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe Glibc.poll(&poll, 1, milliseconds) > 0
    }

    /// A request as it goes over the wire; `records` is what its ranges are places in.
    func frame(
        _ request: some Request, version: Int16, records: [UInt8] = []
    ) throws -> (bytes: [UInt8], correlationID: Int32) {
        let correlationID = nextCorrelationID
        nextCorrelationID += 1
        var writer = FieldWriter()
        try writer.append(
            request, version: version, correlationID: correlationID, clientID: clientID)
        return (unsafe writer.joined(with: records.span.bytes), correlationID)
    }

    @discardableResult
    func post(
        _ request: some Request, version: Int16, records: [UInt8] = []
    ) throws -> Int32 {
        let (bytes, correlationID) = try frame(request, version: version, records: records)
        try send(bytes)
        return correlationID
    }

    /// The next response, which must be of this type, with its frame, in which its records are.
    func response<Body: Response>(
        _ type: Body.Type = Body.self, version: Int16
    ) throws -> (header: ResponseHeader, body: Body, frame: [UInt8]) {
        let frame = try receiveFrame()
        let header = try unsafe ResponseHeader(
            decoding: frame.span.bytes, apiKey: Body.apiKey, apiVersion: version)
        let body = try unsafe Body(decoding: frame.span.bytes, header: header, version: version)
        return (header, body, frame)
    }

    func ask<Body: Request>(_ request: Body, version: Int16) throws -> Body.Response {
        try post(request, version: version)
        return try response(version: version).body
    }
}

extension TestClient {
    static func produceRequest(
        _ topic: String, _ batch: [UInt8], partition: Int32 = 0, acks: Int16 = -1
    ) -> ProduceRequest {
        var request = ProduceRequest()
        request.acks = acks
        request.timeoutMs = 30_000
        var data = ProduceRequest.Topic()
        data.name = topic
        var one = ProduceRequest.Partition()
        one.index = partition
        one.records = RecordsRange(position: 0, byteCount: batch.count)
        data.partitionData = [one]
        request.topicData = [data]
        return request
    }

    /// Produces one batch and returns the partition's answer.
    @discardableResult
    func produce(
        _ topic: String, _ batch: [UInt8], partition: Int32 = 0, acks: Int16 = -1,
        version: Int16 = 9
    ) throws -> ProduceResponse.Partition {
        let request = Self.produceRequest(topic, batch, partition: partition, acks: acks)
        try post(request, version: version, records: batch)
        let body = try response(ProduceResponse.self, version: version).body
        return body.responses[0].partitionResponses[0]
    }

    /// Produces several batches to one partition in one request, and returns the answer to each.
    func produce(
        _ topic: String, _ batches: [[UInt8]], version: Int16
    ) throws -> [ProduceResponse.Partition] {
        var request = Self.produceRequest(topic, [])
        var position = 0
        request.topicData[0].partitionData = batches.map { batch in
            var one = ProduceRequest.Partition()
            one.records = RecordsRange(position: position, byteCount: batch.count)
            position += batch.count
            return one
        }
        try post(request, version: version, records: batches.flatMap { $0 })
        return try response(ProduceResponse.self, version: version).body.responses[0]
            .partitionResponses
    }

    static func fetchRequest(
        _ topic: String, partition: Int32 = 0, offset: Int64, maxWaitMs: Int32 = 0,
        minBytes: Int32 = 1, maxBytes: Int32 = .max, partitionMaxBytes: Int32 = 1 << 20
    ) -> FetchRequest {
        var request = FetchRequest()
        request.maxWaitMs = maxWaitMs
        request.minBytes = minBytes
        request.maxBytes = maxBytes
        var asked = FetchRequest.Topic()
        asked.topic = topic
        var one = FetchRequest.Partition()
        one.partition = partition
        one.fetchOffset = Offset(offset)
        one.partitionMaxBytes = partitionMaxBytes
        asked.partitions = [one]
        request.topics = [asked]
        return request
    }

    /// The one partition of the next fetch response, and the bytes of its records.
    func fetched(
        version: Int16 = 12
    ) throws -> (partition: FetchResponse.Partition, records: [UInt8]) {
        let (_, body, frame) = try response(FetchResponse.self, version: version)
        let partition = body.responses[0].partitions[0]
        guard let records = partition.records else { throw Failure.closed }
        return (partition, Array(frame[records.range]))
    }

    func fetch(
        _ request: FetchRequest, version: Int16 = 12
    ) throws -> (partition: FetchResponse.Partition, records: [UInt8]) {
        try post(request, version: version)
        return try fetched(version: version)
    }
}

/// The records of whole batches: their offsets and values.
func testRecords(_ bytes: [UInt8]) throws -> [(offset: Int64, value: String)] {
    var records: [(Int64, String)] = []
    var position = 0
    var reader = RecordBatchReader()
    while position < bytes.count {
        let rest = unsafe bytes.span.bytes.extracting(position..<bytes.count)
        let header = try RecordBatchHeader(rest)
        try reader.withRecords(of: rest, header: header, verifyChecksum: true) {
            (iterator) throws(RecordFormatError) in
            while let record = try iterator.next() {
                let value = iterator.bytes.bytes(of: record.value)
                let text = unsafe value.withUnsafeBytes {
                    unsafe String(decoding: $0, as: UTF8.self)
                }
                records.append((header.offset(of: record).rawValue, text))
            }
        }
        position += header.sizeInBytes
    }
    return records
}
