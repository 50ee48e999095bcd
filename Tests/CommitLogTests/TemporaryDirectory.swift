import Glibc

/// A directory that is removed with its content when the last reference goes.
final class TemporaryDirectory: Sendable {
    let path: String

    init() {
        let base = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? P_tmpdir
        var template = Array("\(base)/weir-commitlog-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            preconditionFailure("mkdtemp failed in \(base)")
        }
        path = unsafe template.withUnsafeBufferPointer { name in
            guard let start = name.baseAddress else { preconditionFailure("an empty name") }
            return unsafe String(cString: start)
        }
    }

    deinit { removeTree(path) }

    /// Where the log directory of a test goes: a place that does not exist yet.
    var log: String { path + "/log" }
}

func removeTree(_ path: String) {
    for name in names(in: path) {
        if unsafe unlink("\(path)/\(name)") != 0 { removeTree("\(path)/\(name)") }
    }
    unsafe rmdir(path)
}

/// The names in a directory, sorted.
func names(in path: String) -> [String] {
    guard let stream = unsafe opendir(path) else { return [] }
    defer { unsafe _ = closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
            unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) {
                unsafe String(cString: $0)
            }
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
}

func readFile(_ path: String) -> [UInt8] {
    guard let file = unsafe fopen(path, "r") else { return [] }
    defer { unsafe _ = fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = unsafe fread(&chunk, 1, chunk.count, file)
        if count == 0 { return bytes }
        bytes += chunk[..<count]
    }
}

func readText(_ path: String) -> String { String(decoding: readFile(path), as: UTF8.self) }

func writeFile(_ path: String, _ bytes: [UInt8]) {
    guard let file = unsafe fopen(path, "w") else { preconditionFailure("cannot write \(path)") }
    let count = unsafe fwrite(bytes, 1, bytes.count, file)
    precondition(count == bytes.count)
    unsafe fclose(file)
}
