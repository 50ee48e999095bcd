import Glibc

/// A small text file of the kernel (`/proc`, `/sys`), read whole.
enum SystemFile {
    /// The largest that we read is `/proc/cpuinfo` of a machine with hundreds of cores.
    static let byteLimit = 4 << 20

    /// The file's text, or nil if it does not exist or cannot be read.
    static func read(_ path: String) -> String? {
        bytes(of: path, upTo: byteLimit).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The file's first bytes, fewer where it has no more; nil if it cannot be read.
    static func bytes(of path: String, upTo limit: Int) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while bytes.count < limit {
            let wanted = min(chunk.count, limit - bytes.count)
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress, wanted)
            }
            if count < 0 && errno == EINTR { continue }
            if count < 0 { return nil }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return bytes
    }

    /// Where a symbolic link points to; nil if it cannot be read.
    static func target(ofLink path: String) -> String? {
        var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe readlink(
                path, buffer.assumingMemoryBound(to: CChar.self).baseAddress!, buffer.count)
        }
        return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// The names in a directory of the kernel's; empty if it cannot be read.
    static func names(in directory: String) -> [String] {
        guard let stream = unsafe opendir(directory) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            names.append(name)
        }
        return names
    }

    /// The first line's text after `name` and its colon, as in `/proc/cpuinfo` and
    /// `/proc/self/status`.
    static func field(_ name: String, in text: String) -> String? {
        for line in text.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            guard line[..<colon].trimmingBlanks() == name else { continue }
            return line[line.index(after: colon)...].trimmingBlanks()
        }
        return nil
    }

    /// A field such as `VmHWM:   1234 kB`, in bytes.
    static func byteCount(_ name: String, in text: String) -> Int64? {
        guard let words = field(name, in: text)?.split(separator: " "), words.count == 2,
            words[1] == "kB", let kibibytes = Int64(words[0])
        else { return nil }
        return kibibytes * 1024
    }
}

extension StringProtocol {
    fileprivate func trimmingBlanks() -> String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = firstIndex(where: { !isBlank($0) }),
            let last = lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(self[first...last])
    }
}
