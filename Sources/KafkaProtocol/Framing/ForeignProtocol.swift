/// A protocol that a peer speaks in place of Kafka's, told by the four bytes that Kafka has the length of
/// a frame in. As a length they would mean a frame of hundreds of megabytes.
public enum ForeignProtocol: String, Sendable {
    case tls = "TLS"
    case http = "HTTP"
    case ssh = "SSH"

    /// How many bytes it takes to tell.
    public static let prefixByteCount = 4

    /// The protocol of a stream that begins with these four bytes, if it is one of these.
    public init?(prefix: (UInt8, UInt8, UInt8, UInt8)) {
        switch prefix {
        // A record of type alert (21) or handshake (22), version 3.x (RFC 8446, 5.1).
        case (21, 3, 0...4, _), (22, 3, 0...4, _): self = .tls
        default:
            let bytes = [prefix.0, prefix.1, prefix.2, prefix.3]
            let text = String(decoding: bytes, as: UTF8.self)
            if text == "SSH-" {
                self = .ssh
            } else if Self.beginningsOfHTTP.contains(text) {
                self = .http
            } else {
                return nil
            }
        }
    }

    init?(asLength length: UInt32) {
        let byte = { (place: UInt32) in UInt8(truncatingIfNeeded: length >> (24 - 8 * place)) }
        self.init(prefix: (byte(0), byte(1), byte(2), byte(3)))
    }

    /// Of a response and of requests, and of HTTP/2's preface.
    private static let beginningsOfHTTP: Set<String> = [
        "HTTP", "GET ", "POST", "PUT ", "HEAD", "DELE", "OPTI", "PATC", "CONN", "TRAC", "PRI ",
    ]

    /// What is wrong with a client that speaks it.
    var clientRemedy: String {
        switch self {
        case .tls: "set security.protocol=PLAINTEXT in the client"
        case .http, .ssh: "check the port in the client"
        }
    }
}
