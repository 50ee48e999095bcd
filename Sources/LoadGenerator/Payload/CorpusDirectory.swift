import Foundation

/// The files of a directory as records, in the order of their names; those in directories below it do not
/// count.
struct CorpusDirectory {
    let path: String
    /// Of a record.
    let limit: Int

    func read(into builder: inout PayloadPoolBuilder) throws(PayloadError) -> CorpusReport {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            guard FileManager.default.fileExists(atPath: path) else { throw .missing(path: path) }
            throw .unreadable(
                path: path, reason: "it is no directory, whose files format files takes as records")
        }
        var report = CorpusReport(path: path, fileByteCount: 0, readByteCount: 0, emptyLines: 0)
        for name in names {
            let file = path + "/" + name
            var isDirectory: ObjCBool = false
            guard unsafe FileManager.default.fileExists(atPath: file, isDirectory: &isDirectory),
                !isDirectory.boolValue
            else { continue }
            let corpus = try CorpusFile(file)
            report.fileByteCount += corpus.byteCount
            guard corpus.byteCount <= limit else {
                throw .recordTooLarge(
                    path: file, position: 0, byteCount: corpus.byteCount, limit: limit)
            }
            let bytes = try corpus.read(at: 0, count: corpus.byteCount)
            if builder.append(bytes) { report.readByteCount += bytes.count }
        }
        guard builder.count > 0 else {
            throw .noRecords(path: path, byteCount: report.fileByteCount)
        }
        return report
    }
}
