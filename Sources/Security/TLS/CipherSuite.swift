import NIOSSL

/// The cipher suites that can be named, by the names that Kafka's `ssl.cipher.suites` has for them.
/// Those of TLS 1.3 may be named, too, and are all there where it is spoken.
enum CipherSuite {
    static let names = ofTLS12.map(\.name) + ofTLS13

    private static let ofTLS12: [(name: String, cipher: NIOTLSCipher)] = [
        (
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
        ),
        (
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
        ),
        ("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384),
        ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256),
        (
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
        ),
        (
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
        ),
    ]

    private static let ofTLS13 = [
        "TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256",
    ]

    /// What all have in common: forward secrecy, and encryption that authenticates.
    static let standard = ofTLS12.map(\.cipher)

    /// Whether some are named, and none of TLS 1.2.
    static func areOfTLS13(_ names: [String]) -> Bool {
        !names.isEmpty && names.allSatisfy(ofTLS13.contains)
    }

    /// The suites of TLS 1.2 among these names; all where none is named, which has no effect where TLS 1.2 is not
    /// spoken.
    static func ciphers(named names: [String]) -> [NIOTLSCipher] {
        let named = ofTLS12.filter { names.contains($0.name) }.map(\.cipher)
        return named.isEmpty ? standard : named
    }
}
