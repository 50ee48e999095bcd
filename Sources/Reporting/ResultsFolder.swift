import Foundation
import Measurement

/// The folder of one run: `Results/<profile>/<UTC time>/`, with `latest` beside it.
///
/// Nothing is ever overwritten: a second run in the same second gets a suffix. The folder is made,
/// and its path known, before the run starts. Each row is written at once, so a killed run leaves
/// its rows up to then.
public struct ResultsFolder: Sendable {
    public let path: String
    /// `<profile>/<UTC time>`: the name of the run in `summary.csv`.
    public let runID: String
    /// Held while the folder is being worked in; nil if the filesystem has no locks.
    public let lock: FolderLock?

    /// The most runs of one profile in one second.
    private static let suffixLimit = 1_000

    /// Makes the folder and its missing parents, and points `latest` at it.
    /// - Parameters:
    ///   - root: `Results`, or the value of `--out`.
    ///   - profile: characters that paths do not allow become `-`.
    public static func create(
        in root: String, profile: String, startedAtUnixNanos: Int64
    ) throws(ReportingError) -> ResultsFolder {
        let profile = fileName(for: profile)
        let parent = root + "/" + profile
        try makeParents(parent)
        let time = UTCTime(unixNanos: startedAtUnixNanos).folderName
        for attempt in 1...suffixLimit {
            let name = attempt == 1 ? time : "\(time)-\(attempt)"
            let path = parent + "/" + name
            if unsafe mkdir(path, 0o755) == 0 {
                let folder = ResultsFolder(
                    path: path, runID: profile + "/" + name, lock: FolderLock(path))
                try LatestLink.point(in: parent, to: name)
                return folder
            }
            if errno != EEXIST {
                throw .inputOutput(operation: "create", path: path, errno: errno)
            }
        }
        throw .inputOutput(operation: "create", path: parent + "/" + time, errno: EEXIST)
    }

    /// Makes a folder at a path that the caller chose, such as one run's inside a comparison. An
    /// existing one is an error.
    public static func create(
        at path: String, runID: String
    ) throws(ReportingError) -> ResultsFolder {
        let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        if !parent.isEmpty { try makeParents(parent.joined(separator: "/") + "/") }
        guard unsafe mkdir(path, 0o755) == 0 else {
            throw .inputOutput(operation: "create", path: path, errno: errno)
        }
        return ResultsFolder(path: path, runID: runID, lock: FolderLock(path))
    }

    /// Makes a folder inside this one for temporary files.
    public func scratchFolder(_ name: String) throws(ReportingError) -> ScratchFolder {
        try ScratchFolder(creating: path + "/" + name)
    }

    /// Removes the folder, for a run that did not begin.
    public func discard() {
        try? FileManager.default.removeItem(atPath: path)
        giveUpLatest()
    }

    /// Points `latest` at the newest other folder if this one holds no result.
    ///
    /// Call it at the end, while the process still holds the folder's lock.
    public func giveUpLatest() {
        let parent = parent
        let link = parent + "/" + LatestLink.name
        let own = String(path.split(separator: "/").last ?? "")
        guard (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) == own else {
            return
        }
        _ = try? LatestLink.repair(in: parent, holding: own)
    }

    private var parent: String {
        path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/")
    }

    /// `profile.yaml`: the profile as resolved.
    public func writeProfile(_ yaml: String) throws(ReportingError) {
        try write(yaml, to: "profile.yaml")
    }

    /// `environment.json`.
    public func writeEnvironment(_ environment: EnvironmentSnapshot) throws(ReportingError) {
        try write(environment.json + "\n", to: "environment.json")
    }

    /// Writes a file whole; one that exists already is an error.
    public func write(_ text: String, to name: String) throws(ReportingError) {
        let file = try OutputFile(creating: path + "/" + name)
        try file.append(text)
    }

    /// Opens one of the CSV files, with its header row.
    public func csv<Row: TableRow>(_: Row.Type) throws(ReportingError) -> CSVWriter<Row> {
        try CSVWriter(in: path)
    }

    public func histogramLog(
        startedAtUnixNanos: Int64, origin: String
    ) throws(ReportingError) -> HistogramLogWriter {
        try HistogramLogWriter(
            in: path, startedAtUnixNanos: startedAtUnixNanos, origin: origin)
    }

    // MARK: Paths

    /// The longest name that filesystems allow, with room for a suffix.
    private static let longestFileName = 200

    /// A name as a part of a path: characters that paths do not allow become `-`, and a long name
    /// is cut.
    public static func fileName(for profile: String) -> String {
        let safe = profile.prefix(longestFileName).map { character in
            character.isASCII && (character.isLetter || character.isNumber)
                || "._-".contains(character) ? character : "-"
        }
        let name = String(safe)
        // `..` and `.` would name other folders.
        return name.allSatisfy { $0 == "." } ? "run" : name
    }

    /// Makes the folder and its missing parents one by one, so that the system's error names the
    /// one that failed.
    static func makeParents(_ path: String) throws(ReportingError) {
        var parent = path.hasPrefix("/") ? "/" : ""
        for name in path.split(separator: "/") {
            parent += name
            if unsafe mkdir(parent, 0o755) != 0, errno != EEXIST {
                throw .inputOutput(operation: "create", path: parent, errno: errno)
            }
            parent += "/"
        }
    }
}

extension Error {
    /// The system's code behind an error of Foundation's.
    var posixCode: Int32 {
        let error = self as NSError
        if error.domain == NSPOSIXErrorDomain { return Int32(error.code) }
        if let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError,
            cause.domain == NSPOSIXErrorDomain
        {
            return Int32(cause.code)
        }
        switch error.code {
        case CocoaError.fileReadNoSuchFile.rawValue: return ENOENT
        case CocoaError.fileReadNoPermission.rawValue, CocoaError.fileWriteNoPermission.rawValue:
            return EACCES
        case CocoaError.fileWriteOutOfSpace.rawValue: return ENOSPC
        case CocoaError.fileWriteVolumeReadOnly.rawValue: return EROFS
        default: return EIO
        }
    }
}

extension EnvironmentSnapshot {
    /// As `environment.json` has it.
    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else {
            // Strings, integers and booleans always encode.
            preconditionFailure("the environment snapshot does not encode as JSON")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
