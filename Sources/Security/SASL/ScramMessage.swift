/// The messages of SCRAM (RFC 5802, 7), which are attributes with commas between: `n,,n=user,r=nonce`.
///
/// Whatever a peer sends is read with its length bounded, each attribute once and in its order.
enum ScramMessage {
    static let maximumByteCount = SaslMechanism.scramSHA512.maximumTokenByteCount

    struct ClientFirst: Equatable {
        var name: String
        var nonce: String
        /// Without the channel binding's flag: what both sides sign.
        var bare: String
        /// The channel binding's flag and the authorization id, GS2's header, which the final message repeats.
        var header = "n,,"

        init(name: String, nonce: String) {
            self.name = name
            self.nonce = nonce
            bare = "n=\(ScramMessage.escaped(name)),r=\(nonce)"
        }

        var text: String { "\(header)\(bare)" }

        init(_ bytes: [UInt8]) throws(SaslFailure) {
            let text = try ScramMessage.text(bytes)
            let parts = text.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "n" || parts[0] == "y" else {
                throw SaslFailure(
                    "Invalid SCRAM client first message: channel binding is not supported")
            }
            header = "\(parts[0]),\(parts[1]),"
            bare = String(parts[2])
            let attributes = try ScramMessage.attributes(parts[2])
            guard attributes.count >= 2, attributes[0].key == "n", attributes[1].key == "r",
                let name = ScramMessage.unescaped(attributes[0].value), !name.isEmpty,
                ScramMessage.isNonce(attributes[1].value)
            else { throw SaslFailure("Invalid SCRAM client first message") }
            self.name = name
            nonce = String(attributes[1].value)
            guard
                parts[1].isEmpty
                    || parts[1].hasPrefix("a=")
                        && ScramMessage.unescaped(parts[1].dropFirst(2)) == name
            else { throw SaslFailure("Another authorization id is not supported") }
        }
    }

    struct ServerFirst: Equatable {
        var nonce: String
        var salt: [UInt8]
        var iterations: Int32

        init(nonce: String, salt: [UInt8], iterations: Int32) {
            self.nonce = nonce
            self.salt = salt
            self.iterations = iterations
        }

        var text: String { "r=\(nonce),s=\(Base64.encode(salt)),i=\(iterations)" }

        init(_ bytes: [UInt8]) throws(SaslFailure) {
            let attributes = try ScramMessage.attributes(ScramMessage.text(bytes)[...])
            guard attributes.count >= 3, attributes[0].key == "r", attributes[1].key == "s",
                attributes[2].key == "i", ScramMessage.isNonce(attributes[0].value),
                let salt = Base64.decode(attributes[1].value), !salt.isEmpty,
                let iterations = Int32(attributes[2].value), iterations > 0
            else { throw SaslFailure("the broker's first message of SCRAM cannot be read") }
            self.init(nonce: String(attributes[0].value), salt: salt, iterations: iterations)
        }
    }

    struct ClientFinal: Equatable {
        var nonce: String
        var proof: [UInt8]

        var withoutProof: String { "c=biws,r=\(nonce)" }
        var text: String { "\(withoutProof),p=\(Base64.encode(proof))" }

        init(nonce: String, proof: [UInt8]) {
            self.nonce = nonce
            self.proof = proof
        }

        init(_ bytes: [UInt8]) throws(SaslFailure) {
            let attributes = try ScramMessage.attributes(ScramMessage.text(bytes)[...])
            guard attributes.count == 3, attributes[0].key == "c", attributes[1].key == "r",
                attributes[2].key == "p", let proof = Base64.decode(attributes[2].value)
            else { throw SaslFailure("Invalid SCRAM client final message") }
            binding = String(attributes[0].value)
            nonce = String(attributes[1].value)
            self.proof = proof
        }

        /// The header of the first message in base64: "n,,".
        private(set) var binding = "biws"
        /// What was signed, as it came.
        var signed: String { "c=\(binding),r=\(nonce)" }
    }

    /// `v=` with the server's signature, or `e=` with an error.
    static func serverFinal(signature: [UInt8]) -> String { "v=\(Base64.encode(signature))" }

    static func signature(inServerFinal bytes: [UInt8]) throws(SaslFailure) -> [UInt8] {
        let attributes = try attributes(text(bytes)[...])
        if let first = attributes.first, first.key == "e" {
            throw SaslFailure("the broker refuses the login: \(first.value.prefix(200))")
        }
        guard let first = attributes.first, first.key == "v",
            let signature = Base64.decode(first.value)
        else { throw SaslFailure("the broker's final message of SCRAM cannot be read") }
        return signature
    }

    private static func text(_ bytes: [UInt8]) throws(SaslFailure) -> String {
        guard bytes.count <= maximumByteCount, let text = String(validating: bytes, as: UTF8.self)
        else { throw SaslFailure("Invalid SCRAM message: it is too long, or not UTF-8") }
        return text
    }

    private static func attributes(
        _ text: Substring
    ) throws(SaslFailure) -> [(key: Character, value: Substring)] {
        var attributes: [(key: Character, value: Substring)] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let key = part.first, key.isASCII, key.isLetter, part.dropFirst().first == "=",
                attributes.count < 16
            else { throw SaslFailure("Invalid SCRAM message") }
            attributes.append((key, part.dropFirst(2)))
        }
        // An extension that is mandatory, and that nobody knows.
        guard attributes.first?.key != "m" else {
            throw SaslFailure("Invalid SCRAM message: a mandatory extension")
        }
        return attributes
    }

    /// Printable ASCII but the comma.
    private static func isNonce(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ",") }
    }

    private static func escaped(_ name: String) -> String {
        name.replacing("=", with: "=3D").replacing(",", with: "=2C")
    }

    /// Nil where a `=` is neither `=2C` nor `=3D`.
    private static func unescaped(_ text: Substring) -> String? {
        var result = ""
        var rest = text
        while let character = rest.popFirst() {
            guard character == "=" else {
                result.append(character)
                continue
            }
            switch rest.prefix(2) {
            case "2C": result.append(",")
            case "3D": result.append("=")
            default: return nil
            }
            rest = rest.dropFirst(2)
        }
        return result
    }
}
