/// The open `.log` file of a segment, shared by the segment, the slices that were cut from it and the
/// windows that map it; closed when the last of them lets go, even after the file was deleted.
final class SegmentFile: Sendable {
    let file: File

    init(_ path: String, _ mode: File.Mode) throws(LogError) {
        file = try File(path, mode)
    }
}
