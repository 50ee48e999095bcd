import KafkaProtocol
import NIOCore
import NIOPosix
import Synchronization

@testable import KafkaClient

/// A server that answers each request as a test says, for what a real broker does not do.
final class ScriptedBroker: Sendable {
    /// A request as it came.
    struct Received: Sendable {
        var header: RequestHeader
        var frame: [UInt8]

        var apiKey: ApiKey? { header.apiKey }

        func body<Body: Request>(_: Body.Type = Body.self) throws -> Body {
            try unsafe Body(decoding: frame.span.bytes, header: header)
        }

        /// The frame of `response`, with the correlation id of this request or another.
        func answered(
            by response: some Response, version: Int16? = nil, correlationID: Int32? = nil
        ) throws -> Reply {
            var writer = FieldWriter()
            try writer.append(
                response, version: version ?? header.apiVersion,
                correlationID: correlationID ?? header.correlationID)
            return .send(writer.bytes)
        }
    }

    enum Reply: Sendable {
        case send([UInt8])
        case close
    }

    typealias Script = @Sendable (Received) throws -> [Reply]

    let port: Int
    private let channel: any Channel
    private let log: Log

    /// ApiVersions is answered with all that Weir has where `script` says nothing of it.
    init(_ script: @escaping Script) async throws {
        let log = Log()
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ScriptHandler(script: script, log: log))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
        self.log = log
    }

    var received: [Received] { log.requests.withLock { $0 } }
    var address: BrokerAddress { BrokerAddress(host: "127.0.0.1", port: port) }

    /// Nobody listens any more, and all connections are closed.
    func stop() async throws {
        try await channel.close()
        for connection in log.connections.withLock({ $0 }) { try? await connection.close() }
    }

    /// What a broker of this build says of its versions.
    static var versions: ApiVersionsResponse {
        var response = ApiVersionsResponse()
        response.apiKeys = ApiKey.allCases.map { key in
            var range = ApiVersionsResponse.VersionRange()
            range.apiKey = key.rawValue
            range.minVersion = key.advertisedVersions.lowerBound
            range.maxVersion = key.advertisedVersions.upperBound
            return range
        }
        return response
    }

    fileprivate final class Log: Sendable {
        let requests = Mutex<[Received]>([])
        let connections = Mutex<[any Channel]>([])
    }
}

private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let script: ScriptedBroker.Script
    private let log: ScriptedBroker.Log
    private var decoder = FrameDecoder(maximumByteCount: 64 << 20)

    init(script: @escaping ScriptedBroker.Script, log: ScriptedBroker.Log) {
        self.script = script
        self.log = log
    }

    func channelActive(context: ChannelHandlerContext) {
        log.connections.withLock { $0.append(context.channel) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        decoder.append(unwrapInboundIn(data))
        do {
            while let frame = try decoder.next() { try answer(frame, context) }
        } catch {
            context.close(promise: nil)
        }
    }

    private func answer(_ frame: ByteBuffer, _ context: ChannelHandlerContext) throws {
        let request = ScriptedBroker.Received(
            header: try RequestHeader(decoding: frame.readableBytesSpan),
            frame: Array(buffer: frame))
        log.requests.withLock { $0.append(request) }
        var replies = try script(request)
        if replies.isEmpty, request.apiKey == .apiVersions {
            replies = [try request.answered(by: ScriptedBroker.versions)]
        }
        for reply in replies {
            switch reply {
            case .send(let bytes):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
            case .close: context.close(promise: nil)
            }
        }
    }
}
