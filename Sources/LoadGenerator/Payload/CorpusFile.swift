import Glibc

/// An open corpus: a regular file and its size when it was opened.
struct CorpusFile: ~Copyable {
    private let path: String
    private let descriptor: Int32
    let byteCount: Int

    init(_ path: String) throws(PayloadError) {
        // Without blocking, since opening a pipe without a writer would wait forever.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw .unreadable(path: path, reason: systemMessage(errno))
        }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .notARegularFile(path: path)
        }
        self.path = path
        self.descriptor = descriptor
        byteCount = Int(status.st_size)
    }

    deinit { close(descriptor) }

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
        var failure: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = unsafe pread(
                    descriptor, buffer.baseAddress! + filled, count - filled,
                    off_t(position + filled))
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
}
