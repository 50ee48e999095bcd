import NIOCore

/// Another protocol than Kafka's, by the first bytes that a server sends.
public enum ForeignProtocol: Sendable {
    case tls
    case http
    case ssh

    /// How many bytes it takes to tell.
    static let prefixByteCount = 4

    /// The protocol of a stream that begins with these four bytes, if it is one of these. As a length they
    /// would mean a frame of hundreds of megabytes.
    init?(prefix: (UInt8, UInt8, UInt8, UInt8)) {
        switch prefix {
        // A record of type alert (21) or handshake (22), version 3.x.
        case (21, 3, 0...4, _), (22, 3, 0...4, _): self = .tls
        case (UInt8(ascii: "H"), UInt8(ascii: "T"), UInt8(ascii: "T"), UInt8(ascii: "P")):
            self = .http
        case (UInt8(ascii: "S"), UInt8(ascii: "S"), UInt8(ascii: "H"), UInt8(ascii: "-")):
            self = .ssh
        default: return nil
        }
    }

    var remedy: String {
        switch self {
        case .tls: "the port speaks TLS: use the port of a PLAINTEXT listener"
        case .http: "the port speaks HTTP: this is no Kafka broker"
        case .ssh: "the port speaks SSH: this is no Kafka broker"
        }
    }
}
