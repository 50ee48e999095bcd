/// Why keys and certificates cannot be used: the setting that names them, and the remedy.
package struct StoreError: Error, Equatable, Sendable, CustomStringConvertible {
    package var setting: String
    package var reason: String

    package init(_ setting: String, _ reason: String) {
        self.setting = setting
        self.reason = reason
    }

    package var description: String { "\(setting): \(reason)" }
}
