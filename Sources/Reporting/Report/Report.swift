import Glibc

/// `report.html`: one page of a run or of a comparison, made from the files of its folder alone.
///
/// The page needs no network and no other file, and runs no script. A part whose file is missing is
/// left out with a note. The page may be replaced, because it is made from the other files.
public enum Report {
    public static let fileName = "report.html"

    /// Writes the page, by default into the folder that it describes, and returns its path.
    ///
    /// It shows the charts that are in the folder's `charts/`: draw them first.
    @discardableResult
    public static func write(
        _ results: SavedResults, to file: String? = nil
    ) throws(ReportingError) -> String {
        let path = file ?? results.path + "/" + fileName
        let html = html(results)
        if isSpecialFile(path) {
            // A pipe or `/dev/stdout` is written to; a file must not replace it.
            try OutputFile(appendingTo: path).append(html)
        } else {
            try replace(path, with: html)
        }
        return path
    }

    /// Atomically: a reader sees the old page or the new one, and on a full disk the old one stays.
    private static func replace(_ path: String, with text: String) throws(ReportingError) {
        let temporary = "\(path).\(getpid())"
        do {
            let file = try OutputFile(creating: temporary)
            try file.append(text)
        } catch {
            _ = unsafe unlink(temporary)
            // The error names the path of the page, not of the temporary file.
            guard case .inputOutput(_, _, let code) = error else { throw error }
            throw .inputOutput(operation: "write", path: path, errno: code)
        }
        guard unsafe rename(temporary, path) == 0 else {
            let code = errno
            _ = unsafe unlink(temporary)
            throw .inputOutput(operation: "write", path: path, errno: code)
        }
    }

    /// Whether the path is neither a file nor a folder, such as a pipe.
    private static func isSpecialFile(_ path: String) -> Bool {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return false }
        let kind = status.st_mode & S_IFMT
        return kind != S_IFREG && kind != S_IFDIR
    }

    /// The page as text.
    public static func html(_ results: SavedResults) -> String {
        ReportTemplate.html(ReportPage(results).unbroken)
    }
}
