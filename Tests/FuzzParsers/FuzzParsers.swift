import Foundation

/// Hands libFuzzer one of the parsers of what strangers and administrators write, by its name, which comes first.
/// `Scripts/fuzz-parsers` builds and runs it.
@main
struct FuzzParsers {
    private static let parsers =
        loginParsers + fileParsers + requestParsers + sharingParsers + storedRecordParsers
        + answerParsers

    static let chosen = parsers.first { CommandLine.arguments.dropFirst().first == $0.name }

    static func main() {
        guard let chosen else {
            for parser in parsers { print(parser.name) }
            return
        }
        if CommandLine.arguments.dropFirst(2).first == "--seed" {
            return FileHandle.standardOutput.write(Data(chosen.seed))
        }
        // Without the name, which libFuzzer would take for a file of inputs.
        var count = CommandLine.argc - 1
        var arguments = unsafe CommandLine.unsafeArgv + 1
        _ = unsafe runDriver(&count, &arguments, fuzzOneInput)
    }
}

/// A parser by the name that the script calls it.
struct Parser: Sendable {
    var name: String
    /// A valid input, from which libFuzzer goes on.
    var seed: [UInt8]
    /// Returns whatever the input is.
    var run: @Sendable ([UInt8]) -> Void

    init(name: String, seed: String = "", run: @escaping @Sendable ([UInt8]) -> Void) {
        self.init(name: name, bytes: Array(seed.utf8), run: run)
    }

    init(name: String, bytes seed: [UInt8], run: @escaping @Sendable ([UInt8]) -> Void) {
        self.name = name
        self.seed = seed
        self.run = run
    }
}

private typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

/// libFuzzer's own loop, which SwiftPM's `main` calls in the place of libFuzzer's.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<Arguments>,
    _ oneInput: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

private func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ byteCount: Int) -> CInt {
    FuzzParsers.chosen?.run(
        unsafe Array(UnsafeBufferPointer(start: start, count: byteCount)))
    return 0
}

/// What libFuzzer's own `main` would call, were it not in the way of SwiftPM's.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>?, _ byteCount: Int) -> CInt {
    unsafe fuzzOneInput(start, byteCount)
}
