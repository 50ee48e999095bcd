/// What a token must say to be taken: Kafka's rules.
package struct TokenRules: Sendable, Equatable {
    /// One of them must be among those that the token is for. A token that is for somebody is refused where
    /// there are none, as in Kafka.
    package var audiences: [String] = []
    /// Empty for any.
    package var issuer = ""
    package var clockSkewSeconds: Int64 = 30
    package var scopeClaim = "scope"
    package var subClaim = "sub"

    package init() {}

    /// Whose the token is, and until when.
    package struct Checked: Equatable, Sendable {
        package var user: String
        /// More than 0.
        package var lifetimeMs: Int64
    }

    /// - Parameter now: seconds since 1970.
    package func check(
        _ claims: JSONValue, now: Double
    ) throws(SaslFailure) -> Checked {
        let skew = Double(clockSkewSeconds)
        guard let expiry = try time("exp", in: claims) else {
            throw SaslFailure("The token has no exp: it must say until when it holds")
        }
        guard try time("iat", in: claims) != nil else {
            throw SaslFailure("The token has no iat: it must say when it was issued")
        }
        guard expiry + skew > now else { throw SaslFailure("The token has expired") }
        if let start = try time("nbf", in: claims), start - skew > now {
            throw SaslFailure("The token does not hold yet")
        }
        guard issuer.isEmpty || claims["iss"]?.string == issuer else {
            throw SaslFailure("The token is not by the expected issuer")
        }
        try checkAudience(claims["aud"])
        try checkScope(claims[scopeClaim])
        guard let user = claims[subClaim]?.string, user.contains(where: { !$0.isWhitespace })
        else { throw SaslFailure("The token has no \(subClaim) that names a user") }
        guard user.utf8.count <= Self.maximumUserByteCount,
            user.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else {
            throw SaslFailure(
                "The token's \(subClaim) is no name: it is too long, or has control characters")
        }
        // Within the skew it has a little left.
        let seconds = expiry > now ? expiry - now : expiry + skew - now
        return Checked(
            user: user, lifetimeMs: max(Int64(min(seconds, Self.longestSeconds) * 1_000), 1))
    }

    /// What a broker logs, and rules are written for.
    private static let maximumUserByteCount = 255

    /// A century: what is later is no time.
    private static let longestSeconds = 100 * 365 * 86_400.0

    /// Seconds since 1970; nil where there is none.
    private func time(_ name: String, in claims: JSONValue) throws(SaslFailure) -> Double? {
        guard let value = claims[name] else { return nil }
        guard let seconds = value.number, seconds.isFinite, seconds >= 0 else {
            throw SaslFailure("The token's \(name) is no time")
        }
        return seconds
    }

    private func checkAudience(_ claim: JSONValue?) throws(SaslFailure) {
        guard let claim else {
            guard audiences.isEmpty else {
                throw SaslFailure("The token does not say whom it is for (aud)")
            }
            return
        }
        guard let named = claim.string.map({ [$0] }) ?? claim.strings else {
            throw SaslFailure("The token's aud is no text, and no list of texts")
        }
        guard named.contains(where: audiences.contains) else {
            throw SaslFailure("The token is for another audience")
        }
    }

    private func checkScope(_ claim: JSONValue?) throws(SaslFailure) {
        guard case .array? = claim else { return }
        let scopes = claim?.strings ?? []
        guard !scopes.isEmpty || claim == .array([]), Set(scopes).count == scopes.count,
            scopes.allSatisfy({ $0.contains { !$0.isWhitespace } })
        else { throw SaslFailure("The token's \(scopeClaim) is no list of scopes") }
    }
}
