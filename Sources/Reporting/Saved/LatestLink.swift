import Foundation
import Glibc

/// `latest`, beside the results folders of a profile: it points at the newest run that is running
/// or has a result.
public enum LatestLink {
    static let name = "latest"

    /// A rename replaces the old link in one step, so `latest` always exists.
    static func point(in parent: String, to folder: String) throws(ReportingError) {
        let link = parent + "/" + name
        let temporary = parent + "/.\(name)-\(folder)"
        // A temporary link of a killed process.
        _ = unsafe unlink(temporary)
        guard unsafe symlink(folder, temporary) == 0 else {
            throw .inputOutput(operation: "create", path: temporary, errno: errno)
        }
        guard unsafe rename(temporary, link) == 0 else {
            let code = errno
            _ = unsafe unlink(temporary)
            throw .inputOutput(operation: "create", path: link, errno: code)
        }
    }

    /// If the link's target was killed or is missing, points the link at the newest other run that
    /// was not; removes it if there is none.
    ///
    /// - Parameter own: a folder that this process works in and will leave without a result.
    /// - Returns: the old and the new target; nil if the link was right.
    @discardableResult
    static func repair(
        in parent: String, holding own: String? = nil
    ) throws(ReportingError) -> (from: String, to: String?)? {
        let link = parent + "/" + name
        guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: link),
            // A link to another place belongs to the user.
            !target.contains("/"), target != ".", target != ".."
        else { return nil }
        guard target == own || FolderState(of: parent + "/" + target) == .killed else {
            return nil
        }
        let others = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        let newest = others.filter { $0 != name && $0 != target && isRun($0) }
            .sorted { $0.localizedStandardCompare($1) == .orderedDescending }
            .first { FolderState(of: parent + "/" + $0) != .killed }
        if let newest {
            try point(in: parent, to: newest)
        } else if unsafe unlink(link) != 0 {
            throw .inputOutput(operation: "remove", path: link, errno: errno)
        }
        return (target, newest)
    }

    /// Whether a folder's name is a time, as that of results.
    private static func isRun(_ name: String) -> Bool {
        name.prefixMatch(of: /\d{8}T\d{6}Z/) != nil
    }
}

/// The state of the run that a results folder belongs to.
enum FolderState: Equatable {
    /// A process is at work in it.
    case running
    /// It holds a result.
    case finished
    /// Neither: its process was killed, or failed.
    case killed

    init(of path: String) {
        let isFinished = [SavedResults.Table.summary, .roofline, .codecs].contains { table in
            let file = path + "/" + table.rawValue
            guard FileManager.default.fileExists(atPath: file) else { return false }
            // The code that reads a broken file reports it.
            let rows = try? CSVTable(path: file).rows
            return rows?.isEmpty != true
        }
        self = isFinished ? .finished : FolderLock.isFree(path) ? .killed : .running
    }
}
