/// A sweep as written, in a profile or after `--vary`, with the places of its parts. Names and
/// forms are checked here, values when the variants are resolved.
struct SweepNode: Sendable {
    typealias Node = ProfileDocument.Node

    /// A value of a setting, with its text as `--set` takes it.
    struct Value: Sendable {
        var path: String
        var text: String
        var place: Place
    }

    let sweep: Sweep
    /// The settings of each of the sweep's variants, with their places.
    let values: [[Value]]
    /// Where each variant was written.
    let places: [Place]

    static let form =
        "{compression.type: [none, lz4, \"zstd:3\"], …}, whose product is run, or "
        + "{variants: [{name: small, batch.size: 16KiB}, …]}"

    init(_ node: Node) throws(ProfileError) {
        guard case .mapping(let entries) = node.content, !entries.isEmpty else {
            throw ProfileError(expected: Self.form, not: node)
        }
        if let list = entries.first(where: { $0.key == "variants" }) {
            if let other = entries.first(where: { $0.key != "variants" }) {
                throw ProfileError(
                    "'\(other.key)' beside 'variants': give either a product of settings or "
                        + "variants one by one", at: other.keyPlace)
            }
            let read = try Self.variants(list.value)
            for element in read { try Self.refuseTwoLevels(element.values) }
            sweep = Sweep(variants: read.map(\.variant))
            values = read.map(\.values)
            places = read.map(\.place)
        } else {
            let axes = try Self.axes(entries)
            try Self.refuseTwoLevels(axes.flatMap(\.self))
            sweep = Sweep(
                product: axes.map { axis in
                    Sweep.Axis(path: axis[0].path, values: axis.map(\.text))
                })
            var values: [[Value]] = [[]]
            for axis in axes { values = values.flatMap { row in axis.map { row + [$0] } } }
            self.values = values
            places = values.map { $0.last?.place ?? node.place }
        }
    }

    /// The values of each setting of a product; never empty.
    private static func axes(
        _ entries: [ProfileDocument.Entry]
    ) throws(ProfileError) -> [[Value]] {
        var axes: [[Value]] = []
        var count = 1
        for entry in entries {
            let target = try Target(entry)
            if axes.contains(where: { $0[0].path == target.path }) {
                throw ProfileError("'\(target.path)' is varied twice", at: entry.keyPlace)
            }
            guard case .sequence(let elements) = entry.value.content, !elements.isEmpty else {
                let remedy =
                    if case .mapping = entry.value.content {
                        "; write a setting's whole name before its values"
                    } else { "" }
                throw ProfileError(
                    "\(entry.key): "
                        + ProfileError(
                            expected: "a list of values such as [a, b]", not: entry.value, remedy
                        ).message, at: entry.value.place)
            }
            count = count.multipliedReportingOverflow(by: elements.count).partialValue
            guard elements.count <= Sweep.maximumVariants, count <= Sweep.maximumVariants else {
                throw ProfileError(
                    "the product has more than \(Sweep.maximumVariants) variants; vary less at "
                        + "a time", at: entry.keyPlace)
            }
            var values: [Value] = []
            for element in elements { values.append(try target.value(element)) }
            axes.append(values)
        }
        return axes
    }

    private static func variants(
        _ node: Node
    ) throws(ProfileError) -> [(variant: Variant, values: [Value], place: Place)] {
        guard case .sequence(let elements) = node.content, !elements.isEmpty else {
            throw ProfileError(expected: "a list of {name: …, <setting>: <value>, …}", not: node)
        }
        guard elements.count <= Sweep.maximumVariants else {
            throw ProfileError(
                "more than \(Sweep.maximumVariants) variants; vary less at a time", at: node.place)
        }
        var read: [(variant: Variant, values: [Value], place: Place)] = []
        for element in elements {
            let (variant, values) = try variant(element)
            if read.contains(where: { $0.variant.name == variant.name }) {
                throw ProfileError("there are two variants '\(variant.name)'", at: element.place)
            }
            read.append((variant, values, element.place))
        }
        return read
    }

    private static func variant(_ node: Node) throws(ProfileError) -> (Variant, [Value]) {
        guard case .mapping(let entries) = node.content else {
            throw ProfileError(expected: "{name: …, <setting>: <value>, …}", not: node)
        }
        var name: String?
        var values: [Value] = []
        for entry in entries {
            if entry.key == "name" {
                name = try nameForm.parse(entry.value)
                continue
            }
            let target = try Target(entry)
            if values.contains(where: { $0.path == target.path }) {
                throw ProfileError("'\(target.path)' is given twice", at: entry.keyPlace)
            }
            values.append(try target.value(entry.value))
        }
        let settings = values.map { Variant.Setting(path: $0.path, value: $0.text) }
        return (Variant(name: name ?? Sweep.name(of: settings), settings: settings), values)
    }

    /// Refuses a level both in `compression.type: zstd:3` and in `compression.level`, of which one
    /// would be ignored.
    private static func refuseTwoLevels(_ values: [Value]) throws(ProfileError) {
        guard let level = values.first(where: { $0.path == "compression.level" }),
            let type = values.first(where: {
                $0.path == "compression.type" && $0.text.contains(":")
            })
        else { return }
        throw ProfileError(
            "'\(type.text)' and compression.level both give a level; keep one of them",
            at: level.place)
    }

    private static let nameForm = ValueForm<String>.scalar(
        "a name of 1 to 100 characters on one line", isText: true,
        read: { text in
            let isLine = text.unicodeScalars.allSatisfy {
                $0.properties.generalCategory != .control
            }
            return isLine && (1...100).contains(text.count) ? text : nil
        }, print: YAMLText.quoted)

    /// The setting that a key of a sweep names.
    private struct Target {
        let path: String
        let isText: Bool

        init(_ entry: ProfileDocument.Entry) throws(ProfileError) {
            let target = try ProfileDocument.Target(
                entry.key, groups: [], except: SettingName.ofComparisons, place: entry.keyPlace)
            let section = target.path[0]
            guard !SettingName.ofComparisons.contains(section) else {
                throw ProfileError(
                    "\(section) belongs to the whole comparison and cannot be varied",
                    at: entry.keyPlace)
            }
            path =
                target.producerGroup != nil
                ? entry.key
                : ([SettingName.shortened(target.path)] + target.partOfValue)
                    .joined(separator: ".")
            isText = target.isText
        }

        func value(_ node: Node) throws(ProfileError) -> Value {
            guard let text = isText ? YAMLText.optionText(node) : YAMLText.flow(node) else {
                throw ProfileError(expected: "text", not: node)
            }
            return Value(path: path, text: text, place: node.place)
        }
    }
}

extension ValueForm where Value == Sweep {
    static var sweep: ValueForm {
        ValueForm(
            name: SweepNode.form,
            parse: { node throws(ProfileError) in try SweepNode(node).sweep },
            print: { $0.text })
    }
}

extension Sweep {
    /// YAML in flow style.
    fileprivate var text: String {
        guard axes.isEmpty else {
            let list = axes.map { axis in
                let values = axis.values.map { Self.element(axis.path, $0) }
                return "\(YAMLText.quoted(axis.path)): [" + values.joined(separator: ", ") + "]"
            }
            return "{" + list.joined(separator: ", ") + "}"
        }
        let list = variants.map { variant in
            let settings = variant.settings.map {
                ", \(YAMLText.quoted($0.path)): \(Self.element($0.path, $0.value))"
            }
            return "{name: \(YAMLText.quoted(variant.name))" + settings.joined() + "}"
        }
        return "{variants: [" + list.joined(separator: ", ") + "]}"
    }

    private static func element(_ path: String, _ value: String) -> String {
        let target = try? ProfileDocument.Target(path, groups: [], place: Place(source: path))
        return YAMLText.flowElement(ofOption: value, isText: target?.isText ?? false)
    }
}
