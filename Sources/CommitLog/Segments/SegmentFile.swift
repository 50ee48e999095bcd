import Synchronization

/// The open `.log` file of a segment, shared by the segment, the slices that were cut from it and
/// the windows that map it; closed when the last of them lets go, even after the file was deleted.
final class SegmentFile: Sendable {
    let file: File
    /// Where the windows onto this file are kept. They keep the file open.
    let mappings: MappingCache
    /// Whether nothing of the file is to be kept mapped for later readers. Set and read by
    /// `mappings`.
    let isRetired = Atomic<Bool>(false)

    init(
        _ path: String, _ mode: File.Mode, mappings: MappingCache = .shared
    ) throws(LogError) {
        file = try File(path, mode)
        self.mappings = mappings
    }

    /// Lets go of the windows onto the file, whose disk space and pages they would keep. Readers
    /// that hold one read on; those that come later map for themselves.
    func retire() { mappings.retire(self) }
}
