import KafkaProtocol

/// Hands libFuzzer the decoder of requests. `Scripts/fuzz-requests` builds and runs it.
@main
struct FuzzRequests {
    static func main() {
        var count = CommandLine.argc
        var arguments = unsafe CommandLine.unsafeArgv
        _ = unsafe runDriver(&count, &arguments, fuzzOneRequest)
    }
}

private typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

/// libFuzzer's own loop, which SwiftPM's `main` calls in the place of libFuzzer's.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<Arguments>,
    _ oneInput: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Gets one frame after the other, without the four bytes of its length: what a client may send.
/// Whatever it is, decoding throws or succeeds; what it has decoded can be written again, and that
/// reads as the same.
private func fuzzOneRequest(_ start: UnsafePointer<UInt8>?, _ byteCount: Int) -> CInt {
    let frame = unsafe RawSpan(
        _unsafeBytes: UnsafeRawBufferPointer(start: start, count: byteCount))
    guard let header = try? RequestHeader(decoding: frame), let apiKey = header.apiKey,
        apiKey.advertisedVersions.contains(header.apiVersion)
    else { return 0 }
    check(apiKey.request, frame, header)
    return 0
}

private func check<Body: Request>(
    _: Body.Type, _ frame: RawSpan, _ header: RequestHeader
) {
    guard let request = try? Body(decoding: frame, header: header) else { return }
    var writer = FieldWriter()
    do {
        try writer.append(
            request, version: header.apiVersion, correlationID: header.correlationID,
            clientID: header.clientID)
        let written = writer.joined(with: frame)
        let again = unsafe written.span.bytes.extracting(droppingFirst: FrameLength.byteCount)
        let readHeader = try RequestHeader(decoding: again)
        let read = try Body(decoding: again, header: readHeader)
        var rewriter = FieldWriter()
        try rewriter.append(
            read, version: header.apiVersion, correlationID: header.correlationID,
            clientID: header.clientID)
        precondition(rewriter.joined(with: again) == written, "written and read, it is another")
    } catch {
        preconditionFailure("what was read cannot be written: \(error)")
    }
}

/// What libFuzzer's own `main` would call, were it not in the way of SwiftPM's.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>?, _ byteCount: Int) -> CInt {
    unsafe fuzzOneRequest(start, byteCount)
}
