/// What the files tell that this process has loaded its shared libraries from.
public enum LoadedLibrary {
    /// The version in the name of a library's file: `1.1.9` of `libsnappy.so.1.1.9`. Nil where the library
    /// is not loaded, is a part of the program, or its file's name has no version.
    public static func version(of name: String) -> String? {
        SystemFile.read("/proc/self/maps").flatMap { version(of: name, maps: $0) }
    }

    /// - Parameter maps: the text of `/proc/<pid>/maps`, whose paths have no links in them.
    static func version(of name: String, maps: String) -> String? {
        for line in maps.split(separator: "\n") {
            let file = line.split(separator: "/").last ?? ""
            let prefix = name + ".so."
            // A library that was replaced on the disk is still the one that is loaded.
            let version = file.dropFirst(prefix.count).prefix { $0 != " " }
            if file.hasPrefix(prefix), !version.isEmpty { return String(version) }
        }
        return nil
    }
}
