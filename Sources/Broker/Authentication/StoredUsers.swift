import CommitLog
import Security

/// The users of SCRAM in the log directory of a broker that does not run.
/// Thread contract: one thread.
public struct StoredUsers {
    private let directory: String

    public init(directory: String) { self.directory = directory }

    /// The names that a mechanism of SCRAM has, the safer one first.
    public static let mechanisms = [SaslMechanism.scramSHA512, .scramSHA256].map(\.rawValue)
    public static let iterations = ScramAlgorithm.iterations

    /// Gives a user a password, in place of the one he has by this mechanism. Makes the directory, as the broker's
    /// first start would: users are often made before it.
    /// - Parameters:
    ///   - mechanism: one of `mechanisms`.
    ///   - iterations: within `iterations`.
    public func add(
        _ name: String, password: String, mechanism: String, iterations: Int32
    ) throws(LogError) {
        guard let algorithm = SaslMechanism(rawValue: mechanism)?.scram else {
            preconditionFailure("a mechanism of SCRAM")
        }
        let salt = unguessableBytes(24)
        let credential = ScramCredential(
            algorithm,
            saltedPassword: algorithm.saltedPassword(password, salt: salt, iterations: iterations),
            salt: salt, iterations: iterations)
        try ScramCheckpoint.alter(in: directory, createsDirectory: true) { entries in
            entries.removeAll { $0.user == name && $0.mechanism == mechanism }
            entries.append(
                ScramCheckpoint.Entry(
                    user: name, mechanism: mechanism, salt: credential.salt,
                    storedKey: credential.storedKey, serverKey: credential.serverKey,
                    iterations: iterations))
        }
    }

    /// Takes a user's passwords; false where he has none.
    public func remove(_ name: String) throws(LogError) -> Bool {
        var isThere = false
        try ScramCheckpoint.alter(in: directory) { entries in
            isThere = entries.contains { $0.user == name }
            entries.removeAll { $0.user == name }
        }
        return isThere
    }

    /// The users with their mechanisms, sorted. A broker may run.
    public func list() throws(LogError) -> [(name: String, mechanism: String, iterations: Int32)] {
        try ScramCheckpoint.read(in: directory).map { ($0.user, $0.mechanism, $0.iterations) }
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    }
}
