import Glibc

extension Profile {
    /// Reads, overrides and validates a profile.
    /// - Parameters:
    ///   - path: the file; its name without the extension becomes the profile's. Where there is no
    ///     such file, the name of a shipped profile.
    ///   - overrides: `key=value` options, applied in order before validation.
    ///   - vary: `key=value,value,…` options; their product replaces the file's sweep.
    ///   - thresholds: in addition to those of the file.
    ///   - checksVariants: whether to validate each variant of the sweep, for a comparison;
    ///     otherwise only the profile's own settings are validated.
    /// - Throws: every fault that was found, each with its place and its remedy.
    public init(
        contentsOf path: String, overrides: [OptionText] = [], vary: [OptionText] = [],
        thresholds: [OptionText] = [], checksVariants: Bool = true
    ) throws(ProfileErrors) {
        let text: String
        do {
            text = try Self.text(of: path)
        } catch {
            throw ProfileErrors([error])
        }
        try self.init(
            yaml: text, name: Self.name(ofFile: path), source: path, overrides: overrides,
            vary: vary, thresholds: thresholds, checksVariants: checksVariants)
    }

    /// The name of the profile in a file: the file's name without its extension.
    public static func name(ofFile path: String) -> String {
        var name = path.split(separator: "/").last.map(String.init) ?? path
        for suffix in [".yaml", ".yml"] where name.hasSuffix(suffix) && name.count > suffix.count {
            name.removeLast(suffix.count)
        }
        return name
    }

    /// The same from text.
    /// - Parameter source: the text's name in errors.
    public init(
        yaml: String, name: String = "profile", source: String = "profile",
        overrides: [OptionText] = [], vary: [OptionText] = [], thresholds: [OptionText] = [],
        checksVariants: Bool = true
    ) throws(ProfileErrors) {
        var document: ProfileDocument
        do {
            document = try ProfileDocument(yaml: yaml, source: source)
            document.splitCompressionType(replacesLevel: false)
            for override in overrides { try document.apply(override) }
            try document.vary(vary)
            for threshold in thresholds { try document.addThreshold(threshold) }
        } catch {
            throw ProfileErrors([error])
        }
        var reader = ProfileReader(document, name: name, source: source)
        reader.completeDefaults()
        // After an unreadable value the default would cause misleading errors.
        if reader.errors.isEmpty {
            if checksVariants, reader.profile.sweep != nil {
                reader.validateVariants(of: document)
            } else {
                reader.validate()
            }
        }
        guard reader.errors.isEmpty else { throw ProfileErrors(reader.errors) }
        self = reader.profile
    }

    /// Reads a file of at most the allowed size of a profile.
    private static func text(of path: String) throws(ProfileError) -> String {
        let place = Place(source: path)
        let limit = ProfileDocument.maximumByteCount
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let code = errno
            if code == ENOENT, let shipped = ShippedProfile.named(path) { return shipped.text }
            if code == ENOENT { throw ProfileError(noFileAt: path, ShippedProfile.hint(for: path)) }
            throw ProfileError("cannot be opened: \(systemMessage(code))", at: place)
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var count = 0
        while count < bytes.count {
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe read(descriptor, buffer.baseAddress! + count, buffer.count - count)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                let code = errno
                if code == EISDIR, let shipped = ShippedProfile.named(path) { return shipped.text }
                throw ProfileError("cannot be read: \(systemMessage(code))", at: place)
            }
            if got == 0 { break }
            count += got
        }
        guard count <= limit else {
            throw ProfileError("a profile has at most \(limit) bytes", at: place)
        }
        guard let text = String(validating: bytes[..<count], as: UTF8.self) else {
            let isUTF16 = [[0xFF, 0xFE], [0xFE, 0xFF]].contains(bytes.prefix(2))
            throw ProfileError(
                isUTF16 ? "UTF-16, not UTF-8; save it as UTF-8" : "not UTF-8", at: place)
        }
        return text
    }
}

/// The system's text for an error number.
func systemMessage(_ code: Int32) -> String {
    unsafe String(cString: strerror(code))
}
