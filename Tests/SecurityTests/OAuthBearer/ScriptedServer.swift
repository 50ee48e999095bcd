import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

@testable import Security

/// A server of HTTP on this machine that answers as a test says.
final class ScriptedServer: Sendable {
    struct Received: Sendable {
        var method: String
        var target: String
        var headers: [String: String]
        var body: String
    }

    let port: Int
    private let isEncrypted: Bool
    private let channel: any Channel
    private let seen: ReceivedLog

    /// `script` says the status and the body of each answer; nil for none.
    /// - Parameter keyStore: for TLS.
    init(
        keyStore: String? = nil, _ script: @escaping @Sendable (Received) -> (Int, String)?
    ) async throws {
        let seen = ReceivedLog()
        var settings = SSLSettings()
        settings.keystoreLocation = keyStore ?? ""
        let tls = keyStore == nil ? nil : try SSLCredentials(settings, side: .listener).context
        isEncrypted = tls != nil
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLServerHandler(context: tls))
                    }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Answerer(script, seen))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
        self.seen = seen
    }

    var received: [Received] { seen.all.withLock { $0 } }
    func url(_ path: String) -> String {
        "\(isEncrypted ? "https" : "http")://127.0.0.1:\(port)\(path)"
    }
    func stop() async throws { try await channel.close() }

    final class ReceivedLog: Sendable {
        let all = Mutex<[Received]>([])
    }

    private final class Answerer: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let script: @Sendable (Received) -> (Int, String)?
        private let seen: ReceivedLog
        private var request = Received(method: "", target: "", headers: [:], body: "")

        init(_ script: @escaping @Sendable (Received) -> (Int, String)?, _ seen: ReceivedLog) {
            self.script = script
            self.seen = seen
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                let headers = head.headers.map { ($0.name.lowercased(), $0.value) }
                request = Received(
                    method: head.method.rawValue, target: head.uri,
                    headers: Dictionary(headers) { $1 }, body: "")
            case .body(let bytes): request.body += String(buffer: bytes)
            case .end:
                let asked = request
                seen.all.withLock { $0.append(asked) }
                guard let (status, body) = script(asked) else {
                    context.close(promise: nil)
                    return
                }
                var head = HTTPResponseHead(
                    version: .http1_1, status: HTTPResponseStatus(statusCode: status))
                head.headers.add(name: "Content-Length", value: "\(body.utf8.count)")
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.write(
                    wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
