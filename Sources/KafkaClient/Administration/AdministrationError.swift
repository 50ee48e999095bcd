import KafkaProtocol

/// Why the cluster did not do what it was asked to.
public struct AdministrationError: Error, Equatable, Sendable {
    /// What was asked for, such as `create the topic orders`.
    public var operation: String
    public var code: ErrorCode
    /// The broker's own words.
    public var message: String?

    public init(_ operation: String, _ code: ErrorCode, message: String? = nil) {
        self.operation = operation
        self.code = code
        self.message = message
    }
}

extension AdministrationError: CustomStringConvertible {
    public var description: String {
        let words = message.map { $0.hasSuffix(".") ? $0.dropLast() : $0[...] }
        return "The cluster did not \(operation): \(code.name)" + (words.map { ", \($0)" } ?? "")
            + "."
    }
}
