extension ProfileReader {
    /// Gives what the document does not set the values of the profile's personality.
    mutating func takePersonality() {
        guard let personality = profile.personality else { return }
        let withoutKeys = profile.keys.kind == .none ? personality.partitionerWithoutKeys : nil
        let isOnNetwork = profile.target == .kafka || profile.target == .broker
        for value in personality.values + (withoutKeys.map { [$0] } ?? [])
        where isOnNetwork || !value.setting.hasPrefix("client.") {
            take(value)
        }
    }

    private mutating func take(_ value: Personality.Value) {
        let ofGroups = "consumers.*."
        guard value.setting.hasPrefix(ofGroups) else {
            if let setting = Profile.settings.first(where: { $0.name == value.setting }) {
                take(value.text, for: setting, of: \.self, name: value.setting)
            }
            return
        }
        let own = value.setting.dropFirst(ofGroups.count)
        guard let setting = ConsumerGroupSettings.settings.first(where: { $0.name == own }) else {
            return
        }
        for index in profile.consumers.indices {
            take(
                value.text, for: setting, of: \.consumers[index], name: "consumers.\(index).\(own)")
        }
    }
}
