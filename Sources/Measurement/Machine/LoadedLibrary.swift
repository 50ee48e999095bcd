/// Versions of shared libraries, from the names of the files that this process has loaded.
public enum LoadedLibrary {
    /// The version in the name of a library's file: `1.1.9` of `libsnappy.so.1.1.9`. Nil if the
    /// library is not loaded, is linked statically, or its file's name has no version.
    public static func version(of name: String) -> String? {
        SystemFile.read("/proc/self/maps").flatMap { version(of: name, maps: $0) }
    }

    /// - Parameter maps: the text of `/proc/<pid>/maps`, with links resolved.
    static func version(of name: String, maps: String) -> String? {
        for line in maps.split(separator: "\n") {
            let file = line.split(separator: "/").last ?? ""
            let prefix = name + ".so."
            // After the name may follow ` (deleted)`, if the file was replaced on the disk.
            let version = file.dropFirst(prefix.count).prefix { $0 != " " }
            if file.hasPrefix(prefix), !version.isEmpty { return String(version) }
        }
        return nil
    }
}
