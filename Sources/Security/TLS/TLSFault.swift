import NIOSSL

/// What a failure of TLS means, in words for the log or for the user.
package enum TLSFault {
    /// Of a connection from a client to a listener.
    package static func ofClient(_ error: any Error) -> String? {
        guard let reason = reason(of: error) else { return nil }
        return switch reason {
        case "HTTP_REQUEST", "HTTPS_PROXY_REQUEST":
            "it speaks HTTP to a port that speaks TLS: check the port in the client"
        case "WRONG_VERSION_NUMBER":
            "it does not speak TLS, as this port does: set security.protocol=SSL in the client"
        case "UNSUPPORTED_PROTOCOL", "NO_SUPPORTED_VERSIONS_ENABLED":
            "it has none of the versions of TLS in ssl.enabled.protocols"
        case "NO_SHARED_CIPHER": "it has no cipher suite in common with the broker"
        case "PEER_DID_NOT_RETURN_A_CERTIFICATE":
            "it has shown no certificate, which ssl.client.auth=required asks for"
        case "CERTIFICATE_VERIFY_FAILED":
            "its certificate is not trusted: none in the trust store has signed it, or it has expired"
        case "TLSV1_ALERT_UNKNOWN_CA":
            "it does not trust the broker's certificate: give the client the CA's"
        case "SSLV3_ALERT_BAD_CERTIFICATE", "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
            "SSLV3_ALERT_CERTIFICATE_EXPIRED":
            "it refuses the broker's certificate (\(words(reason)))"
        case "EOF": "it ended the connection during the handshake of TLS"
        default: "TLS failed: \(words(reason))"
        }
    }

    /// Whether another attempt would fail in the same way: not where the connection just ended.
    package static func isLasting(_ error: any Error) -> Bool { reason(of: error) != "EOF" }

    /// Of a connection to a broker.
    package static func ofBroker(_ error: any Error) -> String? {
        if let extra = error as? NIOSSLExtraError {
            if extra == .failedToValidateHostname || extra == .serverHostnameImpossibleToMatch {
                return
                    "the broker's certificate is not for this host name: connect by a name that it has, or "
                    + "set ssl.endpoint.identification.algorithm to nothing"
            }
            return "\(extra)"
        }
        if case .unableToValidateCertificate? = error as? NIOSSLError {
            return
                "the broker's certificate is not for this address: connect by a name that it has, or set "
                + "ssl.endpoint.identification.algorithm to nothing"
        }
        guard let reason = reason(of: error) else { return nil }
        return switch reason {
        case "WRONG_VERSION_NUMBER", "HTTP_REQUEST":
            "the port does not speak TLS: set security.protocol=PLAINTEXT, or use another port"
        case "EOF":
            "the connection was closed during the handshake of TLS: the port may not speak TLS, or want a "
                + "certificate (ssl.keystore.location)"
        case "CERTIFICATE_VERIFY_FAILED":
            "the broker's certificate is not trusted: none in ssl.truststore.location has signed it, or it "
                + "has expired"
        case "TLSV1_ALERT_PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL":
            "the broker has none of the versions of TLS in ssl.enabled.protocols"
        case "TLSV1_ALERT_CERTIFICATE_REQUIRED", "SSLV3_ALERT_NO_CERTIFICATE":
            "the broker wants a certificate: set ssl.keystore.location"
        case "TLSV1_ALERT_UNKNOWN_CA", "SSLV3_ALERT_BAD_CERTIFICATE",
            "SSLV3_ALERT_CERTIFICATE_UNKNOWN", "SSLV3_ALERT_CERTIFICATE_EXPIRED":
            "the broker does not trust the certificate in ssl.keystore.location (\(words(reason)))"
        case "SSLV3_ALERT_HANDSHAKE_FAILURE", "TLSV1_ALERT_HANDSHAKE_FAILURE":
            "the broker refused the handshake of TLS: it may want a certificate (ssl.keystore.location), or "
                + "has no cipher suite in common"
        default: "TLS failed: \(words(reason))"
        }
    }

    /// The reason as a few words, such as "wrong version number".
    static func words(of error: any Error) -> String? { reason(of: error).map(words) }

    private static func words(_ reason: String) -> String {
        reason.lowercased().replacing("_", with: " ")
    }

    /// BoringSSL's name of the reason; `EOF` where the peer ended the connection inside the handshake.
    private static func reason(of error: any Error) -> String? {
        let boring: BoringSSLError
        switch error {
        case let error as BoringSSLError: boring = error
        case NIOSSLError.handshakeFailed(let inner), NIOSSLError.shutdownFailed(let inner):
            boring = inner
        default: return nil
        }
        switch boring {
        case .sslError(let stack), .unknownError(let stack):
            if stack.contains(.eofDuringHandshake) { return "EOF" }
            return stack.first.map { name(in: "\($0)") }
        case .zeroReturn, .syscallError: return "EOF"
        default: return "\(boring)"
        }
    }

    /// The name in `error:1000009c:SSL routines:OPENSSL_internal:HTTP_REQUEST at file:line`.
    private static func name(in description: String) -> String {
        guard let marker = description.firstRange(of: "OPENSSL_internal:") else {
            return description
        }
        return String(description[marker.upperBound...].prefix { $0 != " " })
    }
}
