import SettingKeys

/// Resolves the settings of each variant before anything runs.
extension ProfileReader {
    /// The profile of each variant of the document's sweep. Reports the faults of all of them, each
    /// once, and variants that are the same.
    mutating func validateVariants(of document: ProfileDocument) {
        guard case .mapping(let entries) = document.root.content,
            let entry = entries.first(where: { $0.key == "sweep" }), !entry.value.isNull,
            let node = try? SweepNode(entry.value)
        else { return }
        validateBaseline()
        reportOptionsWithoutEffect(node, document)
        var base = document
        base.root.remove(["sweep"])
        base.root.remove(["baseline"])
        var seen: [Profile: Int] = [:]
        var faults: [(error: ProfileError, variants: [String])] = []
        for index in node.values.indices {
            let name = node.sweep.variants[index].name
            let resolved = Self.resolve(node.values[index], base, source: source)
            for error in resolved.errors {
                if let known = faults.firstIndex(where: { $0.error == error }) {
                    faults[known].variants.append(name)
                } else {
                    faults.append((error, [name]))
                }
            }
            guard resolved.errors.isEmpty else { continue }
            let settings = resolved.profile.withLevelsExplicit
            if let first = seen[settings] {
                let other = node.sweep.variants[first].name
                report(
                    ProfileError(
                        "variants '\(other)' and '\(name)' are the same settings; remove one",
                        at: node.placeOfDifference(first, index)))
            } else {
                seen[settings] = index
            }
        }
        for (error, variants) in faults {
            // A fault of all variants is a fault of the profile.
            let isEverywhere = variants.count == node.values.count && variants.count > 1
            let subject = isEverywhere ? "" : "variant '\(variants[0])': "
            report(ProfileError(subject + error.message, at: error.place))
        }
    }

    mutating func validateBaseline() {
        guard let baseline = profile.baseline else { return }
        let names = profile.variants.map(\.name)
        guard !names.contains(baseline) else { return }
        report(
            profile.sweep == nil
                ? "the profile has no sweep, so no variant '\(baseline)' can be the baseline"
                : "there is no variant '\(baseline)'"
                    + NearestName.hint(for: baseline, among: names), at: "baseline")
    }

    private static func resolve(
        _ values: [SweepNode.Value], _ base: ProfileDocument, source: String
    ) -> (profile: Profile, errors: [ProfileError]) {
        var document = base
        do {
            for value in values {
                try document.apply("\(value.path)=\(value.text)", from: value.place)
            }
        } catch { return (Profile(), [error]) }
        var reader = ProfileReader(document, name: "variant", source: source)
        reader.completeDefaults()
        if reader.errors.isEmpty { reader.validate() }
        return (reader.profile, reader.errors)
    }

    /// Refuses an option for a setting that every variant sets, since it would have no effect.
    private mutating func reportOptionsWithoutEffect(
        _ node: SweepNode, _ document: ProfileDocument
    ) {
        for path in document.optionPaths {
            let name = SettingName.shortened(path)
            guard node.values.allSatisfy({ $0.contains { $0.path == name } }) else { continue }
            let place = document.root.node(at: path[...])?.place ?? Place(source: source)
            report(
                ProfileError(
                    "every variant of the sweep sets \(name), so this has no effect; vary it "
                        + "with --vary \(name)=…, or remove it", at: place))
        }
    }
}

extension SweepNode {
    /// The later of two variants says it again, or says what the earlier one does not.
    fileprivate func placeOfDifference(_ first: Int, _ second: Int) -> Place {
        let (old, new) = (values[first], values[second])
        let differing = zip(old, new).first { $0.text != $1.text }?.1
        return sweep.axes.isEmpty
            ? places[second] : (differing ?? new.last)?.place ?? places[second]
    }
}

extension Profile {
    /// `zstd` is short for `zstd:3`.
    fileprivate var withLevelsExplicit: Profile {
        var profile = self
        let compression = producers.compression
        profile.producers.compression.level = compression.level ?? compression.codec.defaultLevel
        return profile
    }
}
