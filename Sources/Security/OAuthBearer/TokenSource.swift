/// From where a client has its tokens.
package enum TokenSource: Sendable {
    case issuer(DocumentURL, HTTPRequest, SSLSettings)
    case file(path: String)
    case command(String)
    /// The settings name none; the text says what to set.
    case unfit(String)

    /// As the settings say. The options of the login module's entry hold where the settings are silent.
    package init(_ settings: OAuthBearerSettings, jaas: Secret) {
        do throws(SaslFailure) {
            self = try Self.named(in: settings, jaas: jaas)
        } catch {
            self = .unfit(error.description)
        }
    }

    private static func named(
        in settings: OAuthBearerSettings, jaas: Secret
    ) throws(SaslFailure) -> TokenSource {
        if !settings.tokenCommand.isEmpty { return .command(settings.tokenCommand) }
        guard !settings.tokenEndpointURL.isEmpty else {
            throw SaslFailure(
                "OAUTHBEARER needs a token: set sasl.oauthbearer.token.endpoint.url, or "
                    + "sasl.oauthbearer.token.command")
        }
        let url = try settings.allowed(
            settings.tokenEndpointURL, "sasl.oauthbearer.token.endpoint.url")
        if case .file(let path) = url.place { return .file(path: path) }
        let options = JaasConfig(jaas.text)?.options ?? [:]
        let id = settings.clientID.isEmpty ? options["clientId"] ?? "" : settings.clientID
        let secret =
            settings.clientSecret.isEmpty
            ? options["clientSecret"] ?? "" : settings.clientSecret.text
        guard !id.isEmpty, !secret.isEmpty else {
            throw SaslFailure(
                "\(url) needs to know the client: set sasl.oauthbearer.client.id and "
                    + "sasl.oauthbearer.client.secret, or clientId and clientSecret in "
                    + "sasl.jaas.config")
        }
        let scope = settings.scope.isEmpty ? options["scope"] ?? "" : settings.scope
        var request = HTTPRequest()
        request.headers = [
            ("Authorization", "Basic \(Base64.encode(Array("\(id):\(secret)".utf8)))"),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ]
        var form = "grant_type=client_credentials"
        if !scope.isEmpty { form += "&scope=\(formEncoded(scope))" }
        request.body = Array(form.utf8)
        return .issuer(url, request, SSLSettings.trusting(options))
    }

    /// What a file or a command has: a token, and white space around it.
    static func token(in bytes: [UInt8], from place: String) throws(TokenFault) -> Secret {
        let text = bytes.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
        guard let token = token(text) else {
            throw .lasting("\(place) has no token: letters, digits and -._~+/= are expected")
        }
        return token
    }

    /// What an issuer answers (RFC 6749, 5.1), and how many seconds it says the token holds. Of a refusal only
    /// its code is told.
    static func token(
        in answer: HTTPAnswer, from url: DocumentURL
    ) throws(TokenFault) -> (Secret, Double?) {
        let json = JSONValue(answer.body)
        guard answer.status == HTTPAnswer.ok else {
            let code = json?["error"]?.string.map { " (\($0.prefix(100)))" } ?? ""
            let text = "\(url) gives no token: status \(answer.status)\(code)"
            // What the client sent is wrong, but for a time-out and too many requests.
            let isLasting =
                (400..<500).contains(answer.status) && ![408, 429].contains(answer.status)
            throw isLasting ? .lasting(text) : .passing(text)
        }
        guard let text = json?["access_token"]?.string, let token = token(text.utf8) else {
            throw .lasting("\(url) answers without an access_token")
        }
        return (token, json?["expires_in"]?.number)
    }

    private static let maximumByteCount = 64 << 10

    /// Nil for what is no token (RFC 6750, 2.1), so that nothing else gets into a message.
    private static func token(_ bytes: some Collection<UInt8>) -> Secret? {
        let isToken = bytes.allSatisfy { byte in
            let letter = byte | 0x20
            return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || "-._~+/=".utf8.contains(byte)
        }
        guard isToken, !bytes.isEmpty, bytes.count <= maximumByteCount else { return nil }
        return Secret(String(decoding: bytes, as: UTF8.self))
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [9, 10, 13, 32].contains(byte) }

    static func formEncoded(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            let letter = byte | 0x20
            if (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || "-._".utf8.contains(byte)
            {
                bytes.append(byte)
            } else if byte == UInt8(ascii: " ") {
                bytes.append(UInt8(ascii: "+"))
            } else {
                bytes += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension SSLSettings {
    /// Whom to trust at an issuer: as the options of a login module say, else whom the system trusts. As in Kafka the
    /// trust store and the certificate of other settings are for the brokers.
    static func trusting(_ options: [String: String]) -> SSLSettings {
        var settings = SSLSettings()
        if let location = options["ssl.truststore.location"] {
            settings.truststoreLocation = location
        }
        if let certificates = options["ssl.truststore.certificates"] {
            settings.truststoreLocation = ""
            settings.truststoreCertificates = Secret(certificates)
        }
        return settings
    }
}
