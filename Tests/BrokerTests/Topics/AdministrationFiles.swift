import CommitLog
import Glibc
import RecordFormat

@testable import Broker

extension PartitionLog {
    /// Appends a batch of one record.
    func appendForTest(_ value: String) throws {
        var bytes = try testBatch([value])
        _ = try unsafe bytes.withUnsafeMutableBytes { buffer in try unsafe append(buffer) }
    }
}

func writeText(_ path: String, _ text: String) throws {
    guard let file = unsafe fopen(path, "w") else { preconditionFailure("cannot write \(path)") }
    unsafe fputs(text, file)
    unsafe fclose(file)
}
