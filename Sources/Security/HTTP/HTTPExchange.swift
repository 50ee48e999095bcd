import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// What is asked of a server of HTTP/1.1: a GET, or a POST where there is a body.
package struct HTTPRequest: Sendable {
    package var headers: [(name: String, value: String)] = []
    package var body: [UInt8]?

    package init() {}
}

package struct HTTPAnswer: Equatable, Sendable {
    package var status: Int
    package var body: [UInt8]

    package static let ok = 200
}

/// Why no answer came.
package struct HTTPFault: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String
}

/// One request with its answer, on a connection of its own. Redirections are not followed: whoever names a server
/// trusts that one.
package enum HTTPExchange {
    /// Sets of keys and tokens have a few kilobytes.
    private static let maximumByteCount = 1 << 20

    /// - Parameters:
    ///   - url: of a server.
    ///   - tls: for `https`.
    ///   - timeoutMs: for the connection, and then for the answer.
    package static func run(
        _ request: HTTPRequest, at url: DocumentURL, tls: NIOSSLContext?, timeoutMs: Int64,
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<HTTPAnswer> {
        guard case .http(let host, let port, let target, let isEncrypted) = url.place else {
            return eventLoop.makeFailedFuture(HTTPFault(description: "\(url) is of no server"))
        }
        guard !isEncrypted || tls != nil else {
            return eventLoop.makeFailedFuture(HTTPFault(description: "\(url) needs TLS"))
        }
        let isStandard = port == (isEncrypted ? 443 : 80)
        let name = host.contains(":") ? "[\(host)]" : host
        var head = HTTPRequestHead(
            version: .http1_1, method: request.body == nil ? .GET : .POST, uri: target)
        head.headers.add(name: "Host", value: isStandard ? name : "\(name):\(port)")
        head.headers.add(name: "Accept", value: "application/json")
        head.headers.add(name: "Connection", value: "close")
        for header in request.headers { head.headers.add(name: header.name, value: header.value) }
        if let body = request.body {
            head.headers.add(name: "Content-Length", value: String(body.count))
        }
        let message = head
        return ClientBootstrap(group: eventLoop)
            .connectTimeout(.milliseconds(timeoutMs))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if isEncrypted, let tls {
                        // An address is no name: it is compared with those in the certificate.
                        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
                        try pipeline.addHandler(
                            NIOSSLClientHandler(
                                context: tls, serverHostname: isAddress ? nil : host))
                    }
                    try pipeline.addHTTPClientHandlers()
                }
            }
            .connect(host: host, port: port)
            .flatMap { channel in
                let answer = channel.eventLoop.makePromise(of: HTTPAnswer.self)
                do {
                    try channel.pipeline.syncOperations.addHandler(
                        AnswerHandler(
                            message, request.body ?? [], answer, limit: maximumByteCount,
                            timeoutMs: timeoutMs))
                } catch {
                    answer.fail(error)
                }
                return answer.futureResult.always { _ in channel.close(promise: nil) }
            }
            .flatMapErrorThrowing { error in
                let reason =
                    (error as? HTTPFault)?.description ?? TLSFault.words(of: error) ?? "\(error)"
                throw HTTPFault(description: "\(url): \(reason)")
            }
    }

    /// Sends the request once it is in the pipeline, and gathers the answer.
    private final class AnswerHandler: ChannelInboundHandler {
        typealias InboundIn = HTTPClientResponsePart
        typealias OutboundOut = HTTPClientRequestPart

        private let head: HTTPRequestHead
        private let body: [UInt8]
        private let limit: Int
        private let timeoutMs: Int64
        private var answer: EventLoopPromise<HTTPAnswer>?
        private var received = HTTPAnswer(status: 0, body: [])
        private var timeout: Scheduled<Void>?

        init(
            _ head: HTTPRequestHead, _ body: [UInt8], _ answer: EventLoopPromise<HTTPAnswer>,
            limit: Int, timeoutMs: Int64
        ) {
            self.head = head
            self.body = body
            self.answer = answer
            self.limit = limit
            self.timeoutMs = timeoutMs
        }

        func handlerAdded(context: ChannelHandlerContext) {
            timeout = context.eventLoop.assumeIsolated().scheduleTask(
                in: .milliseconds(timeoutMs)
            ) { [self] in
                fail("no answer within \(timeoutMs) ms")
            }
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            if !body.isEmpty {
                context.write(
                    wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
            }
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): received.status = Int(head.status.code)
            case .body(let bytes):
                guard received.body.count + bytes.readableBytes <= limit else {
                    return fail("the answer has more than \(limit) bytes")
                }
                received.body += bytes.readableBytesView
            case .end: finish(.success(received))
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            fail("the server closed the connection")
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            fail(TLSFault.words(of: error) ?? "\(error)")
        }

        private func fail(_ reason: String) {
            finish(.failure(HTTPFault(description: reason)))
        }

        private func finish(_ result: Result<HTTPAnswer, HTTPFault>) {
            timeout?.cancel()
            answer?.completeWith(result.mapError { $0 as any Error })
            answer = nil
        }
    }
}
