import Glibc

/// A file of a results folder that only grows.
///
/// Appends are not buffered, so a killed run leaves all rows up to then. One owner appends at a
/// time; `deinit` closes.
struct OutputFile: ~Copyable, Sendable {
    let path: String
    private let descriptor: Int32

    /// Creates the file; an existing one is an error, since results are never overwritten.
    init(creating path: String) throws(ReportingError) {
        try self.init(path, flags: O_CREAT | O_EXCL, operation: "create")
    }

    /// Opens a file that exists, to add to it.
    init(appendingTo path: String) throws(ReportingError) {
        try self.init(path, flags: 0, operation: "open")
    }

    private init(_ path: String, flags: Int32, operation: String) throws(ReportingError) {
        self.path = path
        descriptor = unsafe open(path, flags | O_WRONLY | O_APPEND | O_CLOEXEC, 0o644)
        if descriptor < 0 {
            throw .inputOutput(operation: operation, path: path, errno: errno)
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    func append(_ text: String) throws(ReportingError) {
        var text = text
        let failure: Int32 = text.withUTF8 { bytes in
            var written = 0
            while written < bytes.count {
                let count = unsafe write(
                    descriptor, bytes.baseAddress! + written, bytes.count - written)
                if count < 0 && errno == EINTR { continue }
                if count < 0 { return errno }
                written += count
            }
            return 0
        }
        if failure != 0 { throw .inputOutput(operation: "write to", path: path, errno: failure) }
    }
}
