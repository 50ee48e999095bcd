/// The activity of a disk, and this process's part of it. It distinguishes a busy disk from a slow
/// log.
public struct DiskActivity: Sendable, Equatable {
    /// Time in which the disk was busy.
    public var busyNanos: Int64
    public var writtenBytes: Int64
    /// Bytes that this process has written to any disk, without those that are still in the page
    /// cache.
    public var ownWrittenBytes: Int64?

    private static let sectorByteCount: Int64 = 512

    /// - Parameter device: as a mount names it, `/dev/vda1`.
    /// - Returns: nil for a device without figures in the kernel, such as a tmpfs.
    public static func now(of device: String) -> DiskActivity? {
        guard let name = device.split(separator: "/").last,
            let stats = SystemFile.read("/proc/diskstats")
        else { return nil }
        return DiskActivity(
            diskstats: stats, device: String(name), io: SystemFile.read("/proc/self/io"))
    }

    /// Reads the device's line: `major minor name reads … sectors written … ms busy …`
    /// (Documentation/admin-guide/iostats.rst).
    init?(diskstats text: String, device: String, io: String?) {
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count >= 13, fields[2] == device, let sectors = Int64(fields[9]),
                let busyMillis = Int64(fields[12])
            else { continue }
            busyNanos = busyMillis * 1_000_000
            writtenBytes = sectors * Self.sectorByteCount
            ownWrittenBytes = io.flatMap { SystemFile.field("write_bytes", in: $0) }
                .flatMap { Int64($0) }
            return
        }
        return nil
    }

    /// The bytes that others wrote since `earlier`; 0 while this process's are not yet on the disk.
    public func othersWrittenBytes(since earlier: DiskActivity) -> Int64? {
        guard let own = ownWrittenBytes, let before = earlier.ownWrittenBytes else { return nil }
        return max(writtenBytes - earlier.writtenBytes - (own - before), 0)
    }
}
