import Foundation
import Testing

/// Holds a text against the file of that name under Golden/text. Where it changed on purpose, the files are written
/// anew with WEIR_WRITE_GOLDEN=1, and their difference is what the change means to readers.
func expectGolden(
    _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "Golden/text/\(name)")
    if ProcessInfo.processInfo.environment["WEIR_WRITE_GOLDEN"] == "1" {
        try text.write(to: file, atomically: true, encoding: .utf8)
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    #expect(text == expected, sourceLocation: sourceLocation)
}
