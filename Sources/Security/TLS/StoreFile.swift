import Glibc

/// The bytes of a key store or trust store, and what kind of file they are.
struct StoreFile {
    /// A bundle of a system's trusted certificates has about 200 kB.
    static let maximumByteCount = 16 << 20

    enum Format {
        case pem
        case pkcs12
        case jks
    }

    let path: String
    let bytes: [UInt8]

    init(_ path: String, setting: String) throws(StoreError) {
        self.path = path
        bytes = try Self.bytes(path, setting)
    }

    /// By its first bytes: Java's own magic number, an ASN.1 sequence, or text.
    var format: Format {
        if bytes.starts(with: [0xFE, 0xED, 0xFE, 0xED])
            || bytes.starts(with: [0xCE, 0xCE, 0xCE, 0xCE])
        {
            return .jks
        }
        return bytes.first == 0x30 ? .pkcs12 : .pem
    }

    private static func bytes(_ path: String, _ setting: String) throws(StoreError) -> [UInt8] {
        func fault(_ what: String) -> StoreError {
            StoreError(setting, "\(path): \(what): \(unsafe String(cString: strerror(errno)))")
        }
        // Not blocking, for a path that turns out to be a pipe.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw fault("the file cannot be opened") }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw fault("the file cannot be read")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw StoreError(setting, "\(path) is no file")
        }
        guard status.st_size <= maximumByteCount else {
            throw StoreError(setting, "\(path) has \(status.st_size) bytes, too many for it")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < bytes.count {
            let result = unsafe bytes.withUnsafeMutableBytes {
                unsafe read(descriptor, $0.baseAddress! + count, $0.count - count)
            }
            if result < 0, errno == EINTR { continue }
            guard result >= 0 else { throw fault("the file cannot be read") }
            guard result > 0 else { break }
            count += result
        }
        return Array(bytes[..<count])
    }
}

/// What tells that a file was replaced, written to, or given another owner or mode.
struct FileState: Equatable {
    private let inode: UInt64
    private let byteCount: Int64
    private let modified: Int64
    private let modifiedNanos: Int64
    private let changed: Int64
    private let changedNanos: Int64

    /// Nil where there is no such file.
    init?(_ path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        inode = UInt64(status.st_ino)
        byteCount = Int64(status.st_size)
        modified = Int64(status.st_mtim.tv_sec)
        modifiedNanos = Int64(status.st_mtim.tv_nsec)
        changed = Int64(status.st_ctim.tv_sec)
        changedNanos = Int64(status.st_ctim.tv_nsec)
    }
}
