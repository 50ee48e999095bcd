import KafkaProtocol
internal import Security

/// Why a broker cannot be reached, or a connection to one has ended.
public struct ConnectionError: Error, Equatable, Sendable {
    public var peer: Peer
    public var reason: Reason

    public init(_ reason: Reason, peer: Peer) {
        self.peer = peer
        self.reason = reason
    }

    public enum Reason: Error, Equatable, Sendable {
        /// No address belongs to the name.
        case unresolvable(String)
        case unreachable(String)
        case setupTimeout(ms: Int64)
        case speaks(ForeignProtocol)
        /// TLS did not come about, or broke; `isLasting` where it would again.
        case tls(String, isLasting: Bool)
        /// The login failed.
        case login(String)
        /// The login failed that goes on with a connection. What was sent before it may have been carried out.
        case loginAgain(String)
        /// The client's keys or certificates cannot be used; the text names the setting.
        case unfit(String)
        /// The client could not get a token to log in with; another attempt may.
        case noToken(String)
        /// The broker closed the connection before it said which versions it has.
        case closedAtStart
        case closedByBroker
        case failed(String)
        case requestTimeout(ApiKey, ms: Int64)
        case unexpectedCorrelationID(expected: Int32, received: Int32)
        /// A response came, and no request was waiting for one.
        case unsolicitedResponse(correlationID: Int32)
        case badFrame(FrameLengthError)
        /// A frame that cannot even hold its correlation id.
        case shortFrame(byteCount: Int)
        case badMessage(ProtocolError)
        /// ApiVersions or Metadata was answered with an error of the whole.
        case refused(ErrorCode)
        /// The broker has none of the versions that Weir has; nil where it does not have the API.
        case unsupportedApi(ApiKey, brokerHas: ClosedRange<Int16>?)
        case tooManyRequests(limit: Int)
        /// The client closed the connection.
        case closedByClient
        case idle(ms: Int64)
    }
}

extension ConnectionError {
    /// Whether a request that was sent may have been carried out all the same.
    public var leavesDoubt: Bool {
        switch reason {
        case .unresolvable, .unreachable, .setupTimeout, .closedAtStart, .refused, .unsupportedApi,
            .tooManyRequests, .unfit, .login:
            false
        default: true
        }
    }

    /// Whether another attempt can have another result.
    public var isRetriable: Bool {
        switch reason {
        case .unsupportedApi, .speaks, .refused, .unfit, .login, .loginAgain: false
        case .tls(_, let isLasting): !isLasting
        default: true
        }
    }
}

extension ConnectionError.Reason {
    /// What a failure of TLS means; nil for another one.
    static func ofTLS(_ error: any Error) -> ConnectionError.Reason? {
        TLSFault.ofBroker(error).map { .tls($0, isLasting: TLSFault.isLasting(error)) }
    }
}

extension ConnectionError: CustomStringConvertible {
    public var description: String { "\(peer)\(advertised): \(reason)" }

    /// Names and ports of brokers come from the cluster, so that is where to correct them.
    private var advertised: String {
        guard peer.nodeID != nil else { return "" }
        switch reason {
        case .unresolvable, .unreachable, .setupTimeout:
            return " (as the cluster advertises it; see advertised.listeners of the broker)"
        default: return ""
        }
    }
}

extension ConnectionError.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unresolvable(let text): "the name cannot be resolved: \(text)"
        case .unreachable(let text): "no connection: \(text)"
        case .setupTimeout(let ms):
            "no connection within socket.connection.setup.timeout.ms=\(ms)"
        case .speaks(let other): other.remedy
        case .tls(let text, _), .unfit(let text), .login(let text), .loginAgain(let text),
            .noToken(let text):
            text
        case .closedAtStart:
            "the connection was closed before ApiVersions was answered: the port may expect TLS or SASL, "
                + "or be no Kafka broker"
        case .closedByBroker: "the broker closed the connection"
        case .failed(let text): "the connection failed: \(text)"
        case .requestTimeout(let key, let ms): "no response to \(key) within \(ms) ms"
        case .unexpectedCorrelationID(let expected, let received):
            "the response has correlation id \(received), expected \(expected)"
        case .unsolicitedResponse(let id):
            "a response with correlation id \(id) came that nobody asked for"
        case .badFrame(let error): "\(error)"
        case .shortFrame(let byteCount): "a response has \(byteCount) bytes, less than its header"
        case .badMessage(let error): "a response cannot be read: \(error)"
        case .refused(let code): "ApiVersions was answered with \(code.name)"
        case .unsupportedApi(let key, let versions?):
            "the broker has \(key) in versions \(versions.lowerBound) to \(versions.upperBound), Weir in "
                + "\(key.servedVersions.lowerBound) to \(key.servedVersions.upperBound)"
        case .unsupportedApi(let key, nil): "the broker does not have \(key)"
        case .tooManyRequests(let limit): "\(limit) requests wait for their responses already"
        case .closedByClient: "the client closed the connection"
        case .idle(let ms): "nothing was sent for connections.max.idle.ms=\(ms)"
        }
    }
}
