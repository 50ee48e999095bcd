import Glibc
import NIOCore
import NIOPosix
import NIOSSL
internal import Security

/// The one place where a socket to a broker is opened. What encrypts and authenticates comes between the
/// socket and `ConnectionHandler`, here.
enum BrokerSocket {
    /// What is read at once grows with what there is to read, and stays in the processor's cache until it
    /// is copied into its frame. The rest of a large frame comes through `FrameSocket`, without a copy.
    private static let readBuffer = AdaptiveRecvByteBufferAllocator(
        minimum: 2048, initial: 16 << 10, maximum: 64 << 10)

    /// Connects `handler` to the broker. Fails with a `ConnectionError`.
    static func open(
        _ peer: Peer, settings: ConnectionSettings, on eventLoop: any EventLoop,
        handler: ConnectionHandler
    ) -> EventLoopFuture<any Channel> {
        var bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(.milliseconds(settings.setupTimeoutMs))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.recvAllocator, value: readBuffer)
            .channelOption(.maxMessagesPerRead, value: 1)
        if settings.sendBufferBytes > 0 {
            bootstrap = bootstrap.channelOption(
                .socketOption(.so_sndbuf), value: .init(settings.sendBufferBytes))
        }
        if settings.receiveBufferBytes > 0 {
            bootstrap = bootstrap.channelOption(
                .socketOption(.so_rcvbuf), value: .init(settings.receiveBufferBytes))
        }
        // With a name of several addresses there are several attempts, of which one gets the handler.
        return
            bootstrap
            .channelOption(.autoRead, value: false)
            .connect(host: peer.address.host, port: peer.address.port)
            .flatMap { channel in
                encrypt(channel, peer, settings).flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(handler)
                    if !settings.securityProtocol.encrypts { handler.readFrames(from: channel) }
                }
                .flatMap { channel.setOption(.autoRead, value: true) }
                .map { channel }
                .flatMapErrorThrowing { error in
                    channel.close(promise: nil)
                    throw error
                }
            }
            .flatMapErrorThrowing { error in
                throw ConnectionError(reason(of: error, settings), peer: peer)
            }
    }

    /// Puts TLS in front of what comes, where the settings want it; done once the handshake is.
    private static func encrypt(
        _ channel: any Channel, _ peer: Peer, _ settings: ConnectionSettings
    ) -> EventLoopFuture<Void> {
        guard settings.securityProtocol.encrypts else {
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        let credentials = settings.credentials ?? ClientCredentials(settings.ssl)
        return channel.eventLoop.makeCompletedFuture {
            // An address is no name: it is compared with those in the certificate.
            let isAddress = (try? SocketAddress(ipAddress: peer.address.host, port: 0)) != nil
            let tls = try NIOSSLClientHandler(
                context: try credentials.current().context,
                serverHostname: isAddress ? nil : peer.address.host)
            let handshake = TLSHandshake(
                timeoutMs: settings.setupTimeoutMs, on: channel.eventLoop)
            do {
                try channel.pipeline.syncOperations.addHandlers(tls, handshake)
            } catch {
                handshake.abandon()
                throw error
            }
            return handshake.done
        }
        .flatMap { done in
            channel.setOption(.autoRead, value: true).flatMap { done }
        }
    }

    private static func reason(
        of error: any Error, _ settings: ConnectionSettings
    ) -> ConnectionError.Reason {
        switch error {
        case let error as StoreError: return .unfit("\(error)")
        case let reason as ConnectionError.Reason: return reason
        case ChannelError.connectTimeout: return .setupTimeout(ms: settings.setupTimeoutMs)
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first {
                return reason(of: first.error, settings)
            }
            let text = [error.dnsAError, error.dnsAAAAError].compactMap { $0.map(\.networkText) }
            return .unresolvable(text.first ?? "no address")
        default:
            return ConnectionError.Reason.ofTLS(error) ?? .unreachable(error.networkText)
        }
    }
}

extension Error {
    /// What the operating system says of it, without the names of NIO's functions.
    var networkText: String {
        if let error = self as? SocketAddressError.UnknownHost { return error.errorDescription }
        guard let error = self as? IOError else { return "\(self)" }
        return unsafe String(cString: strerror(error.errnoCode))
    }
}
