import Foundation
import KafkaClient
import KafkaProtocol
import Logging
import NIOCore
import NIOPosix
import NIOSSL

/// What `Scripts/tls-cost` measures with: a bare pipe of NIOSSL, and a reader that fetches and throws away.
///
///     TLSPipe send KEYSTORE       serves bytes from memory over TLS, at the port that it prints
///     TLSPipe receive PORT CA GB  reads so many gigabytes from there
///     TLSPipe fetch PROPERTIES TOPIC GB   reads so many gigabytes of a topic's first partition, from its beginning
@main
enum TLSPipe {
    static let chunkByteCount = 256 << 10

    static func main() async throws {
        let arguments = CommandLine.arguments
        switch arguments.dropFirst().first {
        case "send": try await send(keyStore: arguments[2])
        case "receive":
            try await receive(
                port: Int(arguments[2])!, trusting: arguments[3], gigabytes: Int(arguments[4])!)
        case "fetch":
            try await fetch(arguments[2], topic: arguments[3], gigabytes: Int(arguments[4])!)
        default: print("send, receive or fetch")
        }
    }

    private static func send(keyStore: String) async throws {
        let pem = Array(try Data(contentsOf: URL(filePath: keyStore)))
        let context = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: NIOSSLCertificate.fromPEMBytes(pem).map { .certificate($0) },
                privateKey: .privateKey(NIOSSLPrivateKey(bytes: pem, format: .pem))))
        let channel = try await ServerBootstrap(
            group: MultiThreadedEventLoopGroup(numberOfThreads: 1)
        )
        .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandlers(
                    NIOSSLServerHandler(context: context), Sender())
            }
        }
        .bind(host: "127.0.0.1", port: 0).get()
        print(channel.localAddress?.port ?? 0)
        fflush(nil)
        try await channel.closeFuture.get()
    }

    /// Writes the same bytes for ever, one chunk after the other.
    private final class Sender: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let chunk = ByteBuffer(repeating: 7, count: TLSPipe.chunkByteCount)

        func channelActive(context: ChannelHandlerContext) { write(context) }

        private func write(_ context: ChannelHandlerContext) {
            let written = context.eventLoop.makePromise(of: Void.self)
            written.futureResult.assumeIsolated().whenSuccess { self.write(context) }
            context.writeAndFlush(wrapOutboundOut(chunk), promise: written)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }

    private final class Receiver: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private var left: Int

        init(_ byteCount: Int) { left = byteCount }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            left -= unwrapInboundIn(data).readableBytes
            if left <= 0 { context.channel.close(promise: nil) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }

    private static func receive(port: Int, trusting: String, gigabytes: Int) async throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(trusting)
        let context = try NIOSSLContext(configuration: configuration)
        let channel = try await ClientBootstrap(
            group: MultiThreadedEventLoopGroup(numberOfThreads: 1)
        )
        .channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandlers(
                    NIOSSLClientHandler(context: context, serverHostname: "localhost"),
                    Receiver(gigabytes << 30))
            }
        }
        .connect(host: "127.0.0.1", port: port).get()
        try await channel.closeFuture.get()
    }

    private static func fetch(_ properties: String, topic: String, gigabytes: Int) async throws {
        var values = ["receive.buffer.bytes": "-1"]
        for line in try String(contentsOfFile: properties, encoding: .utf8).split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
            if parts.count == 2 { values[parts[0]] = parts[1] }
        }
        let cluster = Cluster(
            settings: try ClientSettings(values), on: MultiThreadedEventLoopGroup.singleton.next(),
            logger: Logger(label: "fetch"))
        try await cluster.connect().get()
        let connection = try await cluster.connection(to: 1, use: .data).get()
        var left = gigabytes << 30
        var offset: Int64 = 0
        while left > 0 {
            var request = FetchRequest()
            request.maxBytes = 8 << 20
            request.minBytes = 1
            request.maxWaitMs = 100
            var wanted = FetchRequest.Topic()
            wanted.topic = topic
            var partition = FetchRequest.Partition()
            partition.partitionMaxBytes = 8 << 20
            partition.fetchOffset = .init(offset)
            wanted.partitions = [partition]
            request.topics = [wanted]
            let answer = try await connection.send(request, highestVersion: 12).get()
            let records = answer.body.responses[0].partitions[0].records
            // From the beginning again at the end.
            guard let records, records.byteCount > 0 else {
                offset = 0
                continue
            }
            left -= records.byteCount
            let bytes = answer.bytes(of: records)
            // Behind the last batch that is whole.
            var position = 0
            while position + 61 <= bytes.readableBytes {
                let base = bytes.getInteger(at: bytes.readerIndex + position, as: Int64.self)!
                let length =
                    Int(bytes.getInteger(at: bytes.readerIndex + position + 8, as: Int32.self)!)
                    + 12
                guard position + length <= bytes.readableBytes else { break }
                offset =
                    base
                    + Int64(
                        bytes.getInteger(at: bytes.readerIndex + position + 23, as: Int32.self)!)
                    + 1
                position += length
            }
        }
        try await cluster.shutdown().get()
    }
}
