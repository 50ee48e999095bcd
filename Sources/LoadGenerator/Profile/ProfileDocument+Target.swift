extension ProfileDocument {
    /// The setting that an option's key addresses.
    struct Target {
        /// From the root of the document; for a group's settings `consumers`, its address, ….
        var path: [String]
        /// Keys inside the setting's own value.
        var partOfValue: [String] = []
        var isText = false
        /// The group of producers that the path is in: its name, its index or `*`.
        var producerGroup: String?

        /// - Parameter excluded: settings that the key may not address, and errors do not suggest.
        init(
            _ key: String, groups: [String], except excluded: [String] = [], place: Place
        ) throws(ProfileError) {
            if key == "consumers" || (!key.isEmpty && key == SettingName.section(key)) {
                path = key.split(separator: ".").map(String.init)
                return
            }
            if let target = Self.inGroup(key, groups) {
                self = target
                return
            }
            if let own = ProfileDocument.inProducerGroup(key) {
                path = Array(own.dropFirst())
                producerGroup = own[0]
                let section =
                    ProfileDocument.sectionsOfGroups.contains(path[0]) ? [] : ["producers"]
                isText = Self.isText((section + path).joined(separator: "."))
                return
            }
            // The longest beginning of the key that is a setting; the rest is part of its value.
            let parts = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            for count in stride(from: parts.count, to: 0, by: -1) {
                let head = parts[..<count].joined(separator: ".")
                let names = SettingName.matching(head)
                guard names.count <= 1 else {
                    throw ProfileError(
                        "'\(head)' could be \(names.joined(separator: " or ")); "
                            + "write which", at: place)
                }
                guard let name = names.first else { continue }
                path = Self.path(of: name)
                partOfValue = Array(parts[count...])
                isText = partOfValue.isEmpty && Self.isText(name)
                return
            }
            throw ProfileError(
                "there is no setting '\(key)'; 'weir profiles explain' lists them", at: place,
                suggesting: SettingName.nearest(to: key, except: excluded).map { [$0] } ?? [])
        }

        /// `consumers.<group, index or *>.<setting>`; a group's name may itself have dots.
        private static func inGroup(_ key: String, _ groups: [String]) -> Target? {
            guard key.hasPrefix("consumers.") else { return nil }
            let rest = key.dropFirst("consumers.".count)
            for setting in ConsumerGroupSettings.settings where rest.hasSuffix("." + setting.name) {
                let address = String(rest.dropLast(setting.name.count + 1))
                // If several settings end the key, the longest is meant.
                guard
                    !ConsumerGroupSettings.settings.contains(where: {
                        $0.name.count > setting.name.count && rest.hasSuffix("." + $0.name)
                    })
                else { continue }
                var target = Target(path: ["consumers", address] + setting.path)
                target.isText = setting.isText
                return target
            }
            return nil
        }

        private init(path: [String]) { self.path = path }

        private static func path(of name: String) -> [String] {
            if let setting = Profile.settings.first(where: { $0.name == name }) {
                return setting.path
            }
            let setting = ConsumerGroupSettings.settings.first { "consumers.*." + $0.name == name }
            return ["consumers", "*"] + (setting?.path ?? [])
        }

        private static func isText(_ name: String) -> Bool {
            Profile.settings.first { $0.name == name }?.isText ?? false
        }
    }
}
