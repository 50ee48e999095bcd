import ArgumentParser
import Foundation

/// Directories that results are looked for in. The one that is looked in by default may be missing, where
/// nothing was run yet; one that was named may not.
enum ResultsDirectories {
    static let usual = ["Results"]

    static func check(_ directories: [String]) throws {
        guard directories != usual else { return }
        for path in directories {
            var isDirectory: ObjCBool = false
            let exists = unsafe FileManager.default.fileExists(
                atPath: path, isDirectory: &isDirectory)
            guard exists, isDirectory.boolValue else {
                throw ValidationError("\(path) is no directory; name one that results are in")
            }
        }
    }
}
