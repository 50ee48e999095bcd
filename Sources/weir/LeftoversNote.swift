import Reporting

/// The note that a command prints at its start if killed runs left something in its directory of
/// results.
enum LeftoversNote {
    static func write(for out: String) {
        do throws(ReportingError) {
            for link in try Leftovers.repairLinks(in: [out]) {
                writeToStandardError("note: \(link)\n")
            }
        } catch {
            printError("\(error)")
        }
        guard let summary = Leftovers(in: [out]).summary else { return }
        writeToStandardError(
            "note: \(out) has \(summary); 'weir clean \(out)' lists what can be removed\n")
    }
}
