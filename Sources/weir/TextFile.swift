import Glibc

/// Writes a text to a path that the user named: a file, a link to one, or a device such as /dev/stdout,
/// which stay what they are.
enum TextFile {
    struct Failure: Error, CustomStringConvertible {
        let errno: Int32

        var description: String { unsafe String(cString: strerror(errno)) }
    }

    /// - Parameter adds: to the end of the file, below a line break; else the text replaces what is there.
    static func write(_ text: String, to path: String, adds: Bool) throws(Failure) {
        let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (adds ? O_APPEND : O_TRUNC)
        let file = unsafe open(path, flags, 0o644)
        guard file >= 0 else { throw Failure(errno: errno) }
        defer { close(file) }
        var status = stat()
        let isKnown = unsafe fstat(file, &status) == 0
        let isBelowOther = adds && isKnown && status.st_size > 0
        let bytes = Array(((isBelowOther ? "\n" : "") + text).utf8)
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { bytes in
                unsafe Glibc.write(file, bytes.baseAddress! + written, bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Failure(errno: errno) }
            written += count
        }
    }
}
