import Glibc

/// The shipped profiles, or those in a directory, for `weir profiles`.
public struct ProfileCatalog: Sendable {
    public struct Entry: Sendable {
        public let path: String
        public let name: String
        /// The profile's description, or its faults.
        public let description: Result<String, ProfileErrors>
    }

    /// Sorted by name.
    public let entries: [Entry]

    /// Those that are shipped.
    public static let shipped = ProfileCatalog(
        entries: ShippedProfile.all.map { shipped in
            let description = Result { () throws(ProfileErrors) in
                try Profile(yaml: shipped.text, name: shipped.name, source: shipped.name)
                    .description
            }
            return Entry(path: shipped.name, name: shipped.name, description: description)
        })

    private init(entries: [Entry]) { self.entries = entries }

    /// - Throws: if the directory cannot be read.
    public init(directory: String) throws(ProfileErrors) {
        guard let stream = unsafe opendir(directory) else {
            let code = errno
            throw ProfileErrors([
                code == ENOENT
                    ? ProfileError(
                        noFileAt: directory,
                        "; name a directory of profiles, or one of the commands show, explain and schema"
                    )
                    : ProfileError(
                        "cannot be opened: \(systemMessage(code))", at: Place(source: directory))
            ])
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".yaml") || name.hasSuffix(".yml"), !name.hasPrefix(".") {
                names.append(name)
            }
        }
        entries = names.sorted().map { file in
            let path = directory + (directory.hasSuffix("/") ? "" : "/") + file
            let name = file.split(separator: ".").dropLast().joined(separator: ".")
            let description = Result { () throws(ProfileErrors) in
                try Profile(contentsOf: path).description
            }
            return Entry(path: path, name: name, description: description)
        }
    }
}
