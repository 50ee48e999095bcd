import SettingKeys

/// Why settings cannot be used.
public enum ClientSettingsError: Error, Equatable, Sendable {
    /// `nearest` is nil where no name is near.
    case unknown(name: String, nearest: String?)
    case invalid(name: String, value: String, expected: String)
    case missing(String)
    /// Two settings contradict each other; `remedy` says which to change.
    case conflict(String, remedy: String)
}

extension ClientSettingsError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknown(let name, let nearest):
            "There is no client setting \"\(name)\""
                + (nearest.map { "; did you mean \"\($0)\"?" } ?? ".")
        case .invalid(let name, let value, let expected):
            "\(name)=\(value) is not allowed: expected \(expected)\(WrongPort.hint(in: value))."
        case .missing(let name): "\(name) is not set: a client needs it."
        case .conflict(let fault, let remedy): "\(fault): \(remedy)."
        }
    }
}
