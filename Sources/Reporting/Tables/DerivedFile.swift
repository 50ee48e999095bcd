import Glibc

/// A file that is made from results. It may be made again, and replaces the older one atomically.
public enum DerivedFile {
    /// Writes the file, and its folder where that is missing.
    public static func write(_ text: String, to path: String) throws(ReportingError) {
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
            try ResultsFolder.makeParents(String(path[..<slash]))
        }
        let temporary = path + ".new-\(getpid())"
        do {
            let file = try OutputFile(creating: temporary)
            try file.append(text)
        } catch {
            _ = unsafe unlink(temporary)
            throw error
        }
        guard unsafe rename(temporary, path) == 0 else {
            let code = errno
            _ = unsafe unlink(temporary)
            throw .inputOutput(operation: "create", path: path, errno: code)
        }
    }
}
