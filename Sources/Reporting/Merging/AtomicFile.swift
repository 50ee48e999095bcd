import Glibc

/// A file that is always whole: a reader finds either the old text or the new one.
public enum AtomicFile {
    /// Writes the text to a file beside it and renames that.
    public static func replace(_ path: String, with text: String) throws(ReportingError) {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)
        parts[parts.count - 1] = ".\(parts[parts.count - 1]).new"
        let temporary = parts.joined(separator: "/")
        // A killed process may have left its temporary file.
        _ = unsafe unlink(temporary)
        do throws(ReportingError) {
            try OutputFile(creating: temporary).append(text)
        } catch {
            _ = unsafe unlink(temporary)
            throw error
        }
        guard unsafe rename(temporary, path) == 0 else {
            throw .inputOutput(operation: "replace", path: path, errno: errno)
        }
    }
}
