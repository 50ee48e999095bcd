/// Files that recovery takes out of a log and keeps, since somebody may need their records: a
/// segment that is damaged, or that must not be served. They keep their names, with `.aside`
/// behind. Only the deletion of the topic removes them.
enum AsideFile {
    static let suffix = ".aside"

    private static let chunkByteCount = 1 << 20

    /// Takes a file out of the log; returns its new name.
    static func move(_ path: String) throws(LogError) -> String {
        let aside = try freeName(for: path)
        try renameFile(path, to: aside)
        return aside
    }

    /// Gives the name to a new file that has these ranges of the old one, and sets the old one
    /// aside whole; returns its new name. After a crash there is the old file or the new one under
    /// the name.
    static func replace(
        _ path: String, keeping ranges: [Range<Int>]
    ) throws(LogError) -> String {
        let temporary = path + DurableFile.temporarySuffix
        do throws(LogError) {
            try copy(ranges, of: path, to: temporary)
        } catch {
            // What a failed write has left must not stay on a full disk.
            try? removeFile(temporary)
            throw error
        }
        let aside = try freeName(for: path)
        if try !linkFile(path, to: aside) { try renameFile(path, to: aside) }
        try renameFile(temporary, to: path)
        try synchronizeDirectory(parentDirectory(of: path))
        return aside
    }

    private static func copy(
        _ ranges: [Range<Int>], of path: String, to copyPath: String
    ) throws(LogError) {
        let source = try File(path, .read)
        let copy = try File(copyPath, .replace)
        var position = 0
        for range in ranges {
            var next = range.lowerBound
            while next < range.upperBound {
                let bytes = try source.bytes(
                    at: next, count: min(chunkByteCount, range.upperBound - next))
                guard !bytes.isEmpty else {
                    throw .corrupt(path: path, position: next, reason: "the file shrank")
                }
                try copy.write(bytes, at: position)
                next += bytes.count
                position += bytes.count
            }
        }
        // Retention goes by the file's time where records have none.
        try copy.setModifiedTime(ms: source.status().modifiedMs)
        try copy.synchronize()
    }

    /// A crash, or an earlier damage, may have left one of the name.
    private static func freeName(for path: String) throws(LogError) -> String {
        var name = path + suffix
        var count = 1
        while try fileStatus(name) != nil {
            count += 1
            name = "\(path)\(suffix).\(count)"
        }
        return name
    }
}
