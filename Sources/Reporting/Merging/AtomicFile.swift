import Glibc

/// A file that is always whole: whoever reads it finds the old text or the new one.
public enum AtomicFile {
    /// Writes the text beside the file and puts it in its place.
    public static func replace(_ path: String, with text: String) throws(ReportingError) {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)
        parts[parts.count - 1] = ".\(parts[parts.count - 1]).new"
        let temporary = parts.joined(separator: "/")
        // One that a killed process left behind is of no use to anyone.
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
