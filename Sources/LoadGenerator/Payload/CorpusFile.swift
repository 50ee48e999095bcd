import Glibc
import RecordFormat

/// The bytes of a corpus: of a regular file, which is read where it is asked for, or held in memory if
/// they came from standard input or were compressed.
///
/// gzip and zstd are known by their first bytes, whatever the file is called.
struct CorpusFile: ~Copyable {
    private enum Source {
        case descriptor(Int32)
        case held([UInt8])
    }

    private let path: String
    private let source: Source
    let byteCount: Int

    /// What stands for standard input in place of a path.
    static let standardInput = "-"
    /// Of standard input so much is taken; the rest is not read.
    private static let mostFromInput = 64 << 20
    /// What a compressed file may become.
    private static let mostUnpacked = 256 << 20
    private static let gzipMagic: [UInt8] = [0x1F, 0x8B]
    private static let zstdMagic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

    init(_ path: String) throws(PayloadError) {
        let (source, byteCount) = try Self.source(path)
        self.path = path
        self.source = source
        self.byteCount = byteCount
    }

    deinit { if case .descriptor(let descriptor) = source { close(descriptor) } }

    private static func source(_ path: String) throws(PayloadError) -> (Source, byteCount: Int) {
        if path == standardInput {
            let bytes = try read(STDIN_FILENO, most: mostFromInput, path)
            let held = try unpacked(bytes, path) ?? bytes
            return (.held(held), held.count)
        }
        // Without blocking, since opening a pipe without a writer would wait forever.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let code = errno
            if code == ENOENT { throw .missing(path: path) }
            throw .unreadable(path: path, reason: systemMessage(code))
        }
        var isKept = false
        defer { if !isKept { close(descriptor) } }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .notARegularFile(path: path)
        }
        let byteCount = Int(status.st_size)
        let head = try read(descriptor, at: 0, count: zstdMagic.count, path)
        guard codec(of: head) != nil else {
            isKept = true
            return (.descriptor(descriptor), byteCount)
        }
        guard byteCount <= mostUnpacked else {
            throw .tooLargeUnpacked(path: path, limit: mostUnpacked)
        }
        let packed = try read(descriptor, at: 0, count: byteCount, path)
        let held = try unpacked(packed, path) ?? packed
        return (.held(held), held.count)
    }

    /// The line of a byte, from 1, as in an editor. Reads all bytes before it.
    func line(at position: Int) throws(PayloadError) -> Int {
        let step = 1 << 20
        var line = 1
        for start in stride(from: 0, to: position, by: step) {
            let bytes = try read(at: start, count: min(step, position - start))
            line += bytes.count { $0 == UInt8(ascii: "\n") }
        }
        return line
    }

    /// Fewer bytes than asked for at the file's end, or if it was shortened.
    func read(at position: Int, count: Int) throws(PayloadError) -> [UInt8] {
        switch source {
        case .descriptor(let descriptor):
            return try Self.read(descriptor, at: position, count: count, path)
        case .held(let bytes):
            return Array(bytes[min(position, bytes.count)..<min(position + count, bytes.count)])
        }
    }

    // MARK: Bytes

    private static func read(
        _ descriptor: Int32, at position: Int, count: Int, _ path: String
    ) throws(PayloadError) -> [UInt8] {
        try unsafe filled(count, path) { unsafe pread(descriptor, $0, $1, off_t(position + $2)) }
    }

    /// From a stream, which has no positions.
    private static func read(
        _ descriptor: Int32, most count: Int, _ path: String
    ) throws(PayloadError) -> [UInt8] {
        try unsafe filled(count, path) { start, rest, _ in
            unsafe Glibc.read(descriptor, start, rest)
        }
    }

    /// - Parameter read: gets where to, how many at most, and how many there are.
    private static func filled(
        _ count: Int, _ path: String, _ read: (UnsafeMutablePointer<UInt8>, Int, Int) -> Int
    ) throws(PayloadError) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = unsafe read(buffer.baseAddress! + filled, count - filled, filled)
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = errno }
                if got <= 0 { return }
                filled += got
            }
        }
        guard failure == 0 else {
            throw .unreadable(path: path, reason: systemMessage(failure))
        }
        return bytes
    }

    private static func codec(of head: [UInt8]) -> CompressionCodec? {
        head.starts(with: gzipMagic) ? .gzip : head.starts(with: zstdMagic) ? .zstd : nil
    }

    /// Nil for bytes that are not compressed.
    private static func unpacked(
        _ bytes: [UInt8], _ path: String
    ) throws(PayloadError) -> [UInt8]? {
        guard let codec = codec(of: bytes) else { return nil }
        var decompressor = Decompressor(maximumByteCount: mostUnpacked)
        do throws(RecordFormatError) {
            return try unpacked(bytes, codec, &decompressor)
        } catch {
            throw .notUnpacked(path: path, reason: "\(error)", limit: mostUnpacked)
        }
    }

    private static func unpacked(
        _ bytes: [UInt8], _ codec: CompressionCodec, _ decompressor: inout Decompressor
    ) throws(RecordFormatError) -> [UInt8] {
        let plain = try unsafe decompressor.decompress(bytes.span.bytes, codec: codec)
        return unsafe plain.withUnsafeBytes { unsafe [UInt8]($0) }
    }
}
