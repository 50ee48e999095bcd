import Glibc

/// Files that grow block by block, roll at a size, and are deleted when newer ones fill the
/// retained size, as a log's segments are under retention.
///
/// A bare `write` loop would fill the disk, or rewrite one cached file, which a log does not do.
/// Owned by one thread; `deinit` deletes the remaining files.
struct RollingFiles: ~Copyable {
    private let folder: String
    private let segmentByteCount: Int
    private let retainedSegments: Int
    private var descriptor: Int32
    private var written = 0
    /// Files are numbered; these exist on the disk.
    private var oldest = 0
    private var next = 1

    /// Makes a folder of its own inside `directory`.
    init(in directory: String, segmentByteCount: Int, retainedByteCount: Int) throws(ProbeError) {
        precondition(segmentByteCount > 0)
        let folder = try Self.makeFolder(in: directory)
        let descriptor: Int32
        do throws(ProbeError) {
            descriptor = try Self.create(0, in: folder)
        } catch {
            _ = unsafe rmdir(folder)
            throw error
        }
        self.folder = folder
        self.descriptor = descriptor
        self.segmentByteCount = segmentByteCount
        retainedSegments = max(1, retainedByteCount / segmentByteCount)
    }

    deinit {
        close(descriptor)
        for number in oldest..<next { _ = unsafe unlink(Self.path(number, in: folder)) }
        _ = unsafe rmdir(folder)
    }

    /// Appends one block with one `write`, rolling first where it does not fit.
    mutating func append(_ block: UnsafeRawBufferPointer) throws(ProbeError) {
        if written > 0, written + block.count > segmentByteCount { try roll() }
        let status = unsafe write(descriptor, block.baseAddress, block.count)
        guard status == block.count else {
            // A short write means that the disk became full.
            throw ProbeError("write to \(folder)", errno: status < 0 ? errno : ENOSPC)
        }
        written += block.count
    }

    func flush() throws(ProbeError) {
        guard fdatasync(descriptor) == 0 else { throw ProbeError("flush \(folder)") }
    }

    private mutating func roll() throws(ProbeError) {
        let descriptor = try Self.create(next, in: folder)
        close(self.descriptor)
        self.descriptor = descriptor
        next += 1
        written = 0
        while next - oldest > retainedSegments {
            _ = unsafe unlink(Self.path(oldest, in: folder))
            oldest += 1
        }
    }

    private static func makeFolder(in directory: String) throws(ProbeError) -> String {
        var template = Array((directory + "/roofline-XXXXXX").utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw ProbeError("make a folder in \(directory)")
        }
        return String(
            decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func create(_ number: Int, in folder: String) throws(ProbeError) -> Int32 {
        let path = path(number, in: folder)
        let descriptor = unsafe open(
            path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw ProbeError("create \(path)") }
        return descriptor
    }

    private static func path(_ number: Int, in folder: String) -> String {
        "\(folder)/\(number).probe"
    }
}
