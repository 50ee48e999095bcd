import CommitLog
import Glibc
import Logging
import RecordFormat

@testable import Broker

/// A broker on a free port of this machine, over a directory of its own.
final class TestBroker {
    let directory: String
    let broker: Broker
    let port: Int
    /// Of all listeners.
    let ports: [Int]
    private var isStopped = false
    /// Whether another broker goes on with the directory.
    var keepsDirectory = false

    /// `settings` are keys of `server.properties`.
    init(
        _ settings: [String: String] = [:], directory: String? = nil,
        loaders: LoaderThreads = LoaderThreads(), lines: LinesKept? = nil
    ) throws {
        self.directory = directory ?? Self.temporaryDirectory()
        var written = settings.map { WrittenSetting(key: $0, value: $1, origin: "test") }
        if settings["listeners"] == nil {
            written.append(
                WrittenSetting(key: "listeners", value: "PLAINTEXT://127.0.0.1:0", origin: "test"))
        }
        written.append(WrittenSetting(key: "log.dirs", value: self.directory, origin: "test"))
        if settings["num.network.threads"] == nil {
            written.append(
                WrittenSetting(key: "num.network.threads", value: "2", origin: "test"))
        }
        let logger = lines?.logger ?? Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        broker = try Broker(
            config: BrokerConfig.reading(written).config, logger: logger, loaders: loaders)
        ports = try broker.start().map(\.bound.port)
        port = ports[0]
    }

    deinit {
        try? stop()
        if !keepsDirectory { Self.removeTree(directory) }
    }

    /// Another broker has the directory from now on.
    func stopForNext() throws {
        keepsDirectory = true
        try stop()
    }

    func stop() throws {
        if isStopped { return }
        isStopped = true
        try broker.shutdown()
    }

    func client() throws -> TestClient { try TestClient(port: port) }

    @discardableResult
    func topic(
        _ name: String, partitions: Int = 1, config: [String: String] = [:]
    ) throws -> [PartitionLog] {
        try broker.log.createTopic(name, partitions: partitions, config: config)
    }

    static func temporaryDirectory() -> String {
        let base = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? P_tmpdir
        var template = Array("\(base)/weir-broker-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { preconditionFailure("no directory") }
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    static func removeTree(_ path: String) {
        if let stream = unsafe opendir(path) {
            while let entry = unsafe readdir(stream) {
                let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                    unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) {
                        unsafe String(cString: $0)
                    }
                }
                if name == "." || name == ".." { continue }
                if unsafe unlink("\(path)/\(name)") != 0 { removeTree("\(path)/\(name)") }
            }
            unsafe _ = closedir(stream)
        }
        unsafe rmdir(path)
    }
}

/// A sealed batch of records with these values.
func testBatch(
    _ values: [String], codec: CompressionCodec = .none, timestamp: Int64? = nil,
    producerID: Int64 = -1, epoch: Int16 = -1, sequence: Int32 = -1,
    isTransactional: Bool = false
) throws -> [UInt8] {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    let now = timestamp ?? Int64(time.tv_sec) * 1000
    var builder = try RecordBatchBuilder(
        batchSize: 4 << 20, compression: Compression(codec))
    for value in values {
        precondition(builder.append(timestamp: now, key: nil, value: Array(value.utf8)))
    }
    try builder.seal(
        producerID: ProducerID(producerID), producerEpoch: ProducerEpoch(epoch),
        baseSequence: sequence, isTransactional: isTransactional, isControl: false)
    return unsafe Array(builder.sealedBytes)
}
