import Glibc

/// The filesystem that holds a directory; its kind decides the cost of a flush.
public struct Mount: Sendable, Equatable, Codable {
    public let mountPoint: String
    /// `ext4`, `tmpfs`, `overlay` …
    public let filesystem: String
    /// `/dev/vda1`, or the name of a filesystem without a device.
    public let device: String
    /// The options of the mount and of the filesystem itself, as the kernel lists them.
    public let options: String

    private enum CodingKeys: String, CodingKey {
        case mountPoint = "mount_point"
        case filesystem, device, options
    }

    /// The mount of `path`, or of its nearest parent that exists.
    public static func holding(_ path: String) -> Mount? {
        guard let table = SystemFile.read("/proc/self/mountinfo") else { return nil }
        return holding(resolved: resolve(path), in: table)
    }

    /// The entry with the longest mount point that is a parent of `path`; of several mounted on the
    /// same point the last, which hides the others.
    static func holding(resolved path: String, in mountinfo: String) -> Mount? {
        var best: Mount?
        for line in mountinfo.split(separator: "\n") {
            guard let mount = Mount(mountinfoLine: line), mount.contains(path) else { continue }
            if mount.mountPoint.utf8.count >= best?.mountPoint.utf8.count ?? 0 { best = mount }
        }
        return best
    }

    /// `id parent major:minor root mountpoint options [tags…] - filesystem device superoptions`,
    /// proc(5).
    init?(mountinfoLine line: Substring) {
        let fields = line.split(separator: " ").map(String.init)
        guard fields.count >= 10, let dash = fields[6...].firstIndex(of: "-"),
            fields.count > dash + 3
        else { return nil }
        mountPoint = Self.unescaped(fields[4])
        filesystem = fields[dash + 1]
        device = Self.unescaped(fields[dash + 2])
        options = fields[5] + "," + fields[dash + 3]
    }

    private func contains(_ path: String) -> Bool {
        mountPoint == "/" || path == mountPoint || path.hasPrefix(mountPoint + "/")
    }

    /// The kernel writes blanks and backslashes in paths as three octal digits.
    private static func unescaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.count >= 3,
                let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
            {
                bytes.append(code)
                rest.removeFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func resolve(_ path: String) -> String {
        var candidate = path.isEmpty ? "." : path
        while true {
            if let resolved = unsafe realpath(candidate, nil) {
                defer { unsafe free(resolved) }
                return unsafe String(cString: resolved)
            }
            guard let slash = candidate.lastIndex(of: "/") else {
                if candidate == "." { return "/" }
                candidate = "."
                continue
            }
            candidate = slash == candidate.startIndex ? "/" : String(candidate[..<slash])
        }
    }
}
