import ArgumentParser
import Foundation
import LoadGenerator

/// The directories to search for results. The default one may be missing, because nothing has run
/// yet; a named one may not.
enum ResultsDirectories {
    static let usual = [standard]

    /// Where results go that no option sends elsewhere.
    static var standard: String {
        let named = ProcessInfo.processInfo.environment["WEIR_OUT"] ?? ""
        return named.isEmpty ? "Results" : named
    }

    static func check(_ directories: [String]) throws {
        guard directories != usual else { return }
        try NamedInput.require(directories, .tree)
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

extension EnvironmentOptions {
    static var ofProcess: [OptionText] { settings(in: ProcessInfo.processInfo.environment) }
}
