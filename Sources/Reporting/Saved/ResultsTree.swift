import Foundation
import Glibc

/// Finds results folders, temporary folders and links below a directory.
enum ResultsTree {
    /// `Results/<profile>/<UTC time>`, from `Results`.
    private static let folderDepth = 3
    /// `Results/<profile>/<UTC time>/runs/<variant>/<repetition>.unfinished/data`, with one to spare.
    private static let dataDepth = 7

    private static let signs = [
        "summary.csv", "roofline.csv", "codecs.csv", "plan.json", "profile.yaml",
        "environment.json",
    ]

    /// The results folders at or below a directory, by name; links are not followed.
    static func resultsFolders(in root: String) -> [String] {
        folders(in: root, depth: folderDepth)
    }

    private static func folders(in path: String, depth: Int) -> [String] {
        let names = Set((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
        if signs.contains(where: names.contains) { return [path] }
        guard depth > 0 else { return [] }
        return subfolders(names, of: path).flatMap { folders(in: $0, depth: depth - 1) }
    }

    /// The temporary folders at or below a directory, in use or not.
    static func scratchFolders(in root: String) -> [String] {
        temporary(in: root, depth: dataDepth)
    }

    private static func temporary(in path: String, depth: Int) -> [String] {
        if ScratchFolder.isMarked(path) { return [path] }
        guard depth > 0 else { return [] }
        let names = Set((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
        return subfolders(names, of: path).flatMap { temporary(in: $0, depth: depth - 1) }
    }

    /// The files of a name at or below a directory.
    static func files(named name: String, in root: String) -> [String] {
        files(named: name, in: root, depth: dataDepth)
    }

    private static func files(named name: String, in path: String, depth: Int) -> [String] {
        let names = Set((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
        let own = names.contains(name) ? [path + "/" + name] : []
        guard depth > 0 else { return own }
        return own
            + subfolders(names, of: path).flatMap { files(named: name, in: $0, depth: depth - 1) }
    }

    /// The folders below a directory that have a link to their newest.
    static func foldersWithLatest(in root: String) -> [String] {
        let names = Set((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [])
        return ([root] + subfolders(names, of: root)).filter { folder in
            let link = folder + "/" + LatestLink.name
            return (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) != nil
        }
    }

    private static func subfolders(_ names: Set<String>, of path: String) -> [String] {
        names.sorted { $0.localizedStandardCompare($1) == .orderedAscending }
            .filter { !$0.hasPrefix(".") }.map { path + "/" + $0 }.filter(isFolder)
    }

    private static func isFolder(_ path: String) -> Bool {
        let kind = try? FileManager.default.attributesOfItem(atPath: path)[.type]
        return kind as? FileAttributeType == .typeDirectory
    }

    /// The disk space of a folder and everything below it; links count as themselves.
    static func byteCount(of path: String) -> UInt64 {
        var total = allocatedBytes(path)
        guard let names = FileManager.default.enumerator(atPath: path) else { return total }
        for case let name as String in names { total += allocatedBytes(path + "/" + name) }
        return total
    }

    private static func allocatedBytes(_ path: String) -> UInt64 {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return 0 }
        return UInt64(status.st_blocks) * 512
    }
}
