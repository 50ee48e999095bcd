/// What killed commands left: temporary folders that are not in use, and links `latest` to folders
/// without a result. Result files are never removed.
public struct Leftovers: Sendable {
    /// A temporary folder.
    public struct Folder: Sendable, Equatable {
        public let path: String
        public let byteCount: UInt64
    }

    /// A link that pointed at a folder without a result that is not in use.
    public struct RepairedLink: Sendable, Equatable, CustomStringConvertible {
        public let folder: String
        public let from: String
        /// Nil if there is nothing to point at.
        public let to: String?

        public var description: String {
            let now =
                to.map { "now points at \($0), the newest that has one" }
                ?? "is gone, since no other has one"
            return "\(folder)/latest pointed at \(from), which has no result; it \(now)"
        }
    }

    /// Folders that are not in use.
    public let folders: [Folder]
    /// Folders that a command uses, with its process if that is known.
    public let inUse: [(path: String, processID: Int32?)]

    /// Looks below directories of results; one that is not there holds nothing.
    public init(in roots: [String]) {
        var folders: [Folder] = []
        var inUse: [(path: String, processID: Int32?)] = []
        for path in roots.flatMap(ResultsTree.scratchFolders) {
            if ScratchFolder(leftAt: path) != nil {
                folders.append(Folder(path: path, byteCount: ResultsTree.byteCount(of: path)))
            } else {
                inUse.append((path, ScratchFolder.maker(of: path)))
            }
        }
        self.folders = folders
        self.inUse = inUse
    }

    public var byteCount: UInt64 { folders.reduce(0) { $0 + $1.byteCount } }

    /// `2 folders of runs that were killed, 546 MB`; nil if there are none.
    public var summary: String? {
        guard !folders.isEmpty else { return nil }
        let noun =
            folders.count == 1
            ? "a folder of a run that was killed"
            : "\(folders.count) folders of runs that were killed"
        return "\(noun), \(Figure.bytes(Double(byteCount)))"
    }

    /// The files of a name that killed runs left: not of a folder with a temporary one in use.
    public func files(named name: String, in roots: [String]) -> [String] {
        roots.flatMap { ResultsTree.files(named: name, in: $0) }.filter { file in
            let folder = file.dropLast(name.count)
            return !inUse.contains { $0.path.hasPrefix(folder) }
        }
    }

    /// Removes a folder, unless a command has begun to use it.
    /// - Returns: whether it is gone.
    public static func remove(_ folder: Folder) throws(ReportingError) -> Bool {
        guard let left = ScratchFolder(leftAt: folder.path) else { return false }
        try left.remove()
        return true
    }

    /// Points each `latest` whose target was killed at the newest run that was not.
    public static func repairLinks(in roots: [String]) throws(ReportingError) -> [RepairedLink] {
        var repaired: [RepairedLink] = []
        for folder in roots.flatMap(ResultsTree.foldersWithLatest) {
            if let (from, to) = try LatestLink.repair(in: folder) {
                repaired.append(RepairedLink(folder: folder, from: from, to: to))
            }
        }
        return repaired
    }
}

extension Leftovers {
    /// Each folder with its size, for a person.
    public var lines: [String] {
        var table = TextTable(indent: 0)
        for folder in folders { table.add([folder.path, Figure.bytes(Double(folder.byteCount))]) }
        return table.lines()
    }
}
