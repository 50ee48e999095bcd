import ArgumentParser
import Foundation

/// The directories to search for results. The default one may be missing, because nothing has run
/// yet; a named one may not.
enum ResultsDirectories {
    static let usual = ["Results"]

    static func check(_ directories: [String]) throws {
        guard directories != usual else { return }
        for path in directories {
            var isDirectory: ObjCBool = false
            let exists = unsafe FileManager.default.fileExists(
                atPath: path, isDirectory: &isDirectory)
            guard exists, isDirectory.boolValue else {
                throw ValidationError("\(path) is not a directory; name a directory of results")
            }
        }
    }
}
