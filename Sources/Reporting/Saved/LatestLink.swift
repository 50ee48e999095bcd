import Foundation
import Glibc

/// `latest`, beside the results folders of a profile: it points at the newest run that goes on or has come
/// to its end.
public enum LatestLink {
    static let name = "latest"

    /// A new link is put in the place of the old one in one step, so `latest` always exists.
    static func point(in parent: String, to folder: String) throws(ReportingError) {
        let link = parent + "/" + name
        let temporary = parent + "/.\(name)-\(folder)"
        // One that a killed process left behind is of no use to anyone.
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

    /// Turns the link from a run that was killed, or from nothing, to the newest one that was not; where
    /// there is none, it goes.
    ///
    /// - Parameter own: a folder that this process works in, and gives up without a result.
    /// - Returns: the folder that it pointed at and the one that it points at now; nil where it is right.
    @discardableResult
    static func repair(
        in parent: String, holding own: String? = nil
    ) throws(ReportingError) -> (from: String, to: String?)? {
        let link = parent + "/" + name
        guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: link),
            // Any other link is its user's.
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

    /// Whether a folder is named as results are, for their time.
    private static func isRun(_ name: String) -> Bool {
        name.prefixMatch(of: /\d{8}T\d{6}Z/) != nil
    }
}

/// What has become of the run that a results folder is of.
enum FolderState: Equatable {
    /// A process is at work in it.
    case running
    /// It holds a result.
    case finished
    /// Neither: whoever made it was killed, or could not go on.
    case killed

    init(of path: String) {
        let isFinished = [SavedResults.Table.summary, .roofline].contains { table in
            let file = path + "/" + table.rawValue
            guard FileManager.default.fileExists(atPath: file) else { return false }
            // One that is broken is for its reader to complain of.
            let rows = try? CSVTable(path: file).rows
            return rows?.isEmpty != true
        }
        self = isFinished ? .finished : FolderLock.isFree(path) ? .killed : .running
    }
}
