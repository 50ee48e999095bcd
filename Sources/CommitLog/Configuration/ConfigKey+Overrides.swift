import SettingKeys

extension Array {
    /// Sets each override, or throws for the first key or value that is not allowed.
    func apply<Config>(_ overrides: [String: String], to config: inout Config) throws(LogError)
    where Element == ConfigKey<Config> {
        for (name, value) in overrides.sorted(by: { $0.key < $1.key }) {
            guard let key = first(where: { $0.name == name }) else {
                let nearest = NearestName.of(name, among: map(\.name))
                throw .unknownConfigKey(key: name, nearest: nearest)
            }
            guard key.write(&config, value) else {
                throw .invalidConfigValue(key: name, value: value, expected: key.expected)
            }
        }
    }
}
