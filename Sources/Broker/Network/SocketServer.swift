import CommitLog
import Glibc
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// The listening sockets and the event loops of the connections.
/// Thread contract: `start` and the ends from one thread, which they block.
final class SocketServer: Sendable {
    /// What is read at once. Small where a connection says little; a frame that is larger is put
    /// together, one that is not is handled where it was read.
    private static let readBuffer = AdaptiveRecvByteBufferAllocator(
        minimum: 1024, initial: 2048, maximum: 256 << 10)

    /// Connections that one turn of the event loop accepts.
    private static let acceptedAtOnce: UInt = 64

    /// Longer than so, no connection that came too early is held: each has a descriptor.
    private static let longestHoldMs: Int64 = 1000

    private static let memoryReturnInterval = TimeAmount.seconds(5)

    private let config: BrokerConfig
    let services: ConnectionServices
    let loops: MultiThreadedEventLoopGroup
    /// Of the listener for administrators, where there is one: an event loop, memory and a thread of its own.
    private let administration: Administration?
    private let groups: [ObjectIdentifier: ConnectionGroup]
    private let nextConnection = Atomic<UInt64>(1)
    private let channels = Locked<[any Channel]>([])
    /// Of the listeners with TLS, by their names.
    private let tls: [String: ListenerTLS]
    /// Of those that want a login.
    private let logins: [String: LoginService]

    /// Reads the keys and certificates of the listeners.
    init(
        config: BrokerConfig, services: ConnectionServices, credentials: ScramCredentials
    ) throws(BindError) {
        self.config = config
        self.services = services
        tls = try ListenerTLS.all(config, services.logger)
        loops = MultiThreadedEventLoopGroup(numberOfThreads: Int(config.numNetworkThreads))
        administration =
            config.adminListenerName.isEmpty ? nil : Administration(config, services)
        logins = LoginService.all(
            config, credentials: credentials, on: loops.next(), services.logger)
        var groups: [ObjectIdentifier: ConnectionGroup] = [:]
        for (loops, services) in [(loops, services)]
            + (administration.map { [($0.loops, $0.services)] } ?? [])
        {
            for loop in loops.makeIterator() {
                groups[ObjectIdentifier(loop)] = ConnectionGroup(
                    eventLoop: loop, config: config,
                    isMemoryScarce: { services.isMemoryScarce })
            }
        }
        self.groups = groups
    }

    private final class Administration: Sendable {
        let listener: String
        let services: ConnectionServices
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let longWork = BlockingWork(threadCount: 1)

        init(_ config: BrokerConfig, _ services: ConnectionServices) {
            listener = config.adminListenerName
            self.services = ConnectionServices(
                forAdministratorsBeside: services, longWork: longWork)
        }
    }

    private func services(of listener: String) -> ConnectionServices {
        if let administration, administration.listener == listener {
            return administration.services
        }
        return services
    }

    /// Binds every listener, and returns them as they are bound.
    func start() throws(BindError) -> [Listener] {
        administration?.longWork.start()
        for group in groups.values { group.eventLoop.execute { group.start() } }
        for services in [services] + (administration.map { [$0.services] } ?? []) {
            services.whenMemoryIsScarce { [weak self] in
                for group in (self?.groups ?? [:]).values {
                    group.eventLoop.execute { group.memoryIsScarce() }
                }
            }
        }
        let memoryReturn = MemoryReturn(services)
        loops.next().scheduleRepeatedTask(
            initialDelay: Self.memoryReturnInterval, delay: Self.memoryReturnInterval
        ) { _ in memoryReturn.giveBack() }
        let encrypted = Array(tls.values)
        ListenerTLS.warnOfExpiry(encrypted, on: loops.next(), services.logger)
        ListenerTLS.watchFiles(of: encrypted, on: loops.next())
        // All at once: an issuer that is not there takes its time.
        let keys = logins.values.compactMap { $0.tokens?.start() }
        for read in keys { try? read.wait() }
        var listeners: [Listener] = []
        for wanted in config.listeners { listeners.append(try bind(wanted)) }
        return listeners
    }

    private func bind(_ wanted: ListenerName) throws(BindError) -> Listener {
        let port = wanted.endpoint.port
        // The wildcard of IPv6 takes IPv4 too, where the machine has IPv6.
        let hosts = wanted.endpoint.host.isEmpty ? ["::", "0.0.0.0"] : [wanted.endpoint.host]
        var failure: (any Error)?
        for host in hosts {
            // What its connections need is known once its port is, so nobody is accepted before.
            let shared = SharedListener()
            do {
                let channel = try bootstrap(shared, wanted.name).bind(host: host, port: port)
                    .wait()
                channels.withLock { $0.append(channel) }
                let bound = Endpoint(
                    host: wanted.endpoint.host.isEmpty ? host : wanted.endpoint.host,
                    port: channel.localAddress?.port ?? port)
                let result = Listener(
                    name: wanted.name, bound: bound, advertised: advertised(wanted, bound))
                shared.value.withLock { $0 = result }
                try channel.setOption(.autoRead, value: true).wait()
                channel.read()
                return result
            } catch {
                failure = failure ?? error
            }
        }
        throw BindError(endpoint: wanted.endpoint, reason: failure.map { "\($0)" } ?? "no address")
    }

    /// Thread contract: any thread.
    private final class SharedListener: Sendable {
        let value = Locked<Listener?>(nil)
    }

    private func advertised(_ wanted: ListenerName, _ bound: Endpoint) -> Endpoint {
        if var named = config.advertisedListeners.first(where: { $0.name == wanted.name })?.endpoint
        {
            if named.port == 0 { named.port = bound.port }
            return named
        }
        return Endpoint(
            host: bound.isWildcard ? MachineName.resolvable() : bound.host, port: bound.port)
    }

    private func bootstrap(_ listener: SharedListener, _ name: String) -> ServerBootstrap {
        let services = services(of: name)
        let (logger, limits) = (services.logger, services.limits)
        let isOfAdministrators = services.isOfAdministrators
        var bootstrap = ServerBootstrap(
            group: isOfAdministrators ? administration?.loops ?? loops : loops
        )
        .serverChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(
                    AcceptPause(logger: logger, connectionCount: { limits.total }))
            }
        }
        .serverChannelOption(.backlog, value: Int32(config.socketListenBacklogSize))
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .serverChannelOption(.autoRead, value: false)
        .serverChannelOption(.maxMessagesPerRead, value: Self.acceptedAtOnce)
        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        .childChannelOption(.socketOption(.so_keepalive), value: 1)
        // So that reading stops at once where a connection's limits say so.
        .childChannelOption(.maxMessagesPerRead, value: 1)
        .childChannelOption(.recvAllocator, value: Self.readBuffer)
        if config.socketSendBufferBytes > 0 {
            bootstrap = bootstrap.childChannelOption(
                .socketOption(.so_sndbuf), value: .init(config.socketSendBufferBytes))
        }
        if config.socketReceiveBufferBytes > 0 {
            bootstrap = bootstrap.childChannelOption(
                .socketOption(.so_rcvbuf), value: .init(config.socketReceiveBufferBytes))
        }
        return bootstrap.childChannelInitializer { [self] channel in
            guard let listener = listener.value.withLock({ $0 }) else {
                return channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
            }
            do {
                try accept(channel, listener)
            } catch let throttled as ConnectionThrottled {
                return later(throttled, channel.eventLoop)
            } catch {
                return channel.eventLoop.makeFailedFuture(error)
            }
            return channel.eventLoop.makeSucceededVoidFuture()
        }
    }

    /// Fails, so that the connection ends, once its delay is over, or at once where too many wait for that.
    private func later(
        _ throttled: ConnectionThrottled, _ eventLoop: any EventLoop
    ) -> EventLoopFuture<Void> {
        let rates = services.rates
        guard rates.hold() else { return eventLoop.makeFailedFuture(throttled) }
        let delayMs = min(throttled.delayMs, Self.longestHoldMs)
        return eventLoop.scheduleTask(in: .milliseconds(delayMs)) {
            rates.release()
            throw throttled
        }.futureResult
    }

    /// Puts a connection's handlers into its pipeline. What encrypts comes in front of `Connection`,
    /// by the name of the listener.
    private func accept(_ channel: any Channel, _ listener: Listener) throws {
        guard let group = groups[ObjectIdentifier(channel.eventLoop)] else {
            preconditionFailure("a channel runs on a loop of its server")
        }
        let services = services(of: listener.name)
        let host =
            channel.remoteAddress.flatMap(\.ipAddress).map { PlainAddress(ofSocket: $0).text }
            ?? "unknown"
        let delayMs = services.rates.admit(host, at: listener.name)
        if delayMs > 0 {
            let throttled = ConnectionThrottled(address: host, delayMs: delayMs)
            services.complaints.warning("a connection from \(host) was refused: \(throttled)")
            throw throttled
        }
        let pauseMs = services.rates.accept(at: listener.name)
        if pauseMs > 0 {
            channel.parent?.pipeline.fireUserInboundEventTriggered(
                ConnectionsTooFast(delayMs: pauseMs))
        }
        do throws(ConnectionLimits.Refusal) {
            try services.limits.admit(host, listener: listener.name)
        } catch {
            services.complaints.warning("a connection from \(host) was refused: \(error)")
            throw error
        }
        let id = ConnectionID(
            rawValue: nextConnection.wrappingAdd(1, ordering: .relaxed).oldValue)
        let tls = tls[listener.name]
        if let tls { try channel.pipeline.syncOperations.addHandler(tls.handler()) }
        try channel.pipeline.syncOperations.addHandler(
            Connection(
                id: id, group: group, services: services, address: host,
                listener: listener, tls: tls?.settings, login: logins[listener.name]))
    }

    /// Accepts nobody any more, lets the connections finish for at most `timeout`, and ends.
    func stop(timeout: TimeAmount) {
        for channel in channels.withLock({ $0 }) { try? channel.close().wait() }
        for login in logins.values { login.tokens?.stop() }
        let groups = groups.values
        for group in groups { group.eventLoop.execute { group.drain() } }
        let deadline = NIODeadline.now() + timeout
        // What is held until its end belongs to no group.
        while services.limits.total > 0 || services.rates.heldCount > 0,
            NIODeadline.now() < deadline
        {
            usleep(2000)
        }
        for group in groups { group.eventLoop.execute { group.closeAll() } }
        try? loops.syncShutdownGracefully()
        administration?.longWork.stop()
        try? administration?.loops.syncShutdownGracefully()
    }
}

/// A listener could not be bound.
public struct BindError: Error, Sendable, CustomStringConvertible {
    public var endpoint: Endpoint
    public var reason: String

    public var description: String { "cannot listen on \(endpoint): \(reason)" }
}

/// The name that others may know this machine by.
enum MachineName {
    /// The machine's name, if it resolves to an address; else `localhost`: a name that nobody can
    /// resolve would keep even local clients out.
    static func resolvable() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        let bytes = buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
        let name = String(decoding: bytes, as: UTF8.self)
        let resolved = try? SocketAddress.makeAddressResolvingHost(name, port: 0)
        return resolved == nil ? "localhost" : name
    }
}
