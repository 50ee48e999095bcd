/// Small files that are read whole and replaced whole: checkpoints, metadata, snapshots.
///
/// After a crash such a file has its old content or its new one, never a mixture.
enum DurableFile {
    /// The bound on what is read into memory; the largest of these files has one line a partition.
    static let maximumByteCount = 256 << 20

    /// The content, or nil where there is no such file.
    static func read(_ path: String) throws(LogError) -> [UInt8]? {
        guard let status = try fileStatus(path) else { return nil }
        guard status.byteCount <= maximumByteCount else {
            throw .corrupt(
                path: path, position: 0, reason: "\(status.byteCount) bytes is no size for it")
        }
        let file = try File(path, .read)
        return try file.bytes(at: 0, count: status.byteCount)
    }

    /// Replaces the content: a temporary file is written, made durable and renamed over it. What
    /// can be made anew, and is checked when it is read, need not be durable. What is private only the
    /// owner of the process can read.
    static func replace(
        _ path: String, with bytes: [UInt8], isDurable: Bool = true, isPrivate: Bool = false
    ) throws(LogError) {
        let temporary = path + temporarySuffix
        do throws(LogError) {
            if isPrivate, try fileStatus(temporary) != nil { try removeFile(temporary) }
            let file = try File(temporary, isPrivate ? .createPrivate : .replace)
            try file.write(bytes, at: 0)
            if isDurable { try file.synchronize() }
        } catch {
            // What a failed write has left must not stay on a full disk.
            try? removeFile(temporary)
            throw error
        }
        try renameFile(temporary, to: path)
        if isDurable { try synchronizeDirectory(parentDirectory(of: path)) }
    }

    static func replace(_ path: String, with text: String) throws(LogError) {
        try replace(path, with: Array(text.utf8))
    }

    static let temporarySuffix = ".tmp"
}

extension File {
    /// Up to `count` bytes from `position`, fewer at the end of the file.
    func bytes(at position: Int, count: Int) throws(LogError) -> [UInt8] {
        // The empty array is one object for all threads, and the initialiser below writes to it.
        guard count > 0 else { return [] }
        var failure: LogError?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            do throws(LogError) {
                initializedCount = try unsafe read(
                    into: UnsafeMutableRawBufferPointer(buffer), at: position)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    func write(_ bytes: [UInt8], at position: Int) throws(LogError) {
        var failure: LogError?
        unsafe bytes.withUnsafeBytes { buffer in
            do throws(LogError) {
                try unsafe write(buffer, at: position)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }
}
