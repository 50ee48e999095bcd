import Glibc

/// Reads a file of any size piece by piece, with one piece in memory. One owner.
final class FilePieces {
    private static let pieceByteCount = 1 << 20

    let path: String
    /// The file's size when it was opened; 0 for a pipe.
    let byteCount: Int
    private(set) var readByteCount = 0
    /// Negative for bytes in memory.
    private let descriptor: Int32
    private var bytesInMemory: [UInt8] = []

    /// Bytes in memory, as one piece.
    /// - Parameter path: the name in errors.
    init(_ bytes: [UInt8], path: String) {
        self.path = path
        byteCount = bytes.count
        descriptor = -1
        bytesInMemory = bytes
    }

    init(path: String) throws(ReportingError) {
        self.path = path
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        let failure = errno
        var status = stat()
        let isKnown = unsafe fstat(descriptor, &status) == 0
        byteCount = isKnown ? Int(status.st_size) : 0
        guard descriptor >= 0 else {
            throw .inputOutput(operation: "read", path: path, errno: failure)
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// The next piece; empty at the end of the file.
    func next() throws(ReportingError) -> [UInt8] {
        guard descriptor >= 0 else {
            defer { bytesInMemory = [] }
            readByteCount = byteCount
            return bytesInMemory
        }
        let file = descriptor
        var failure: Int32 = 0
        let piece = unsafe [UInt8](unsafeUninitializedCapacity: Self.pieceByteCount) {
            piece, count in
            while true {
                let got = unsafe read(file, piece.baseAddress!, piece.count)
                if got < 0, errno == EINTR { continue }
                failure = got < 0 ? errno : 0
                count = max(got, 0)
                return
            }
        }
        guard failure == 0 else {
            throw .inputOutput(operation: "read", path: path, errno: failure)
        }
        readByteCount += piece.count
        return piece
    }
}

/// Reads a text file line by line, with one piece of it and one line in memory. One owner.
///
/// LF and CR LF end a line, and the end of the file ends the last. A byte order mark is skipped.
struct LineReader: ~Copyable {
    private let pieces: FilePieces
    private var piece: [UInt8] = []
    private var position = 0
    private var isAtStart = true

    init(path: String) throws(ReportingError) { pieces = try FilePieces(path: path) }

    /// The next line without its end; nil at the end of the file. Bytes that are not UTF-8 are replaced.
    mutating func next() throws(ReportingError) -> String? {
        var line: [UInt8] = []
        var isAtEnd = true
        while true {
            if position == piece.count {
                piece = try pieces.next()
                position = 0
                if piece.isEmpty { break }
            }
            isAtEnd = false
            if let end = piece[position...].firstIndex(of: UInt8(ascii: "\n")) {
                line += piece[position..<end]
                position = end + 1
                break
            }
            line += piece[position...]
            position = piece.count
        }
        if isAtEnd { return nil }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        let mark = isAtStart && line.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        isAtStart = false
        return String(decoding: line.dropFirst(mark), as: UTF8.self)
    }
}
