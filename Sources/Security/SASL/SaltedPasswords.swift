import Synchronization

/// The salted passwords of one client, which take milliseconds to compute and are the same for all connections to
/// a broker.
///
/// Thread contract: any thread. A password that is computed by two at a time is computed twice.
package final class SaltedPasswords: Sendable {
    private struct Key: Hashable {
        var algorithm: ScramAlgorithm
        var password: String
        var salt: [UInt8]
        var iterations: Int32
    }

    /// A client has one user, whom each broker may know by another salt.
    private static let maximumCount = 64

    private let known = Mutex<[Key: [UInt8]]>([:])

    package init() {}

    func saltedPassword(
        _ algorithm: ScramAlgorithm, _ password: String, salt: [UInt8], iterations: Int32
    ) -> [UInt8] {
        let key = Key(
            algorithm: algorithm, password: password, salt: salt, iterations: iterations)
        if let salted = known.withLock({ $0[key] }) { return salted }
        let salted = algorithm.saltedPassword(password, salt: salt, iterations: iterations)
        known.withLock { known in
            if known.count >= Self.maximumCount { known.removeAll() }
            known[key] = salted
        }
        return salted
    }
}
