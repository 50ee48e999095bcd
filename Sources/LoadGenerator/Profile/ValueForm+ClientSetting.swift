import KafkaClient
import SettingKeys

extension ValueForm where Value == String {
    /// A setting of the Kafka client, of which its own table says what it accepts.
    static func clientSetting(_ known: ClientSetting) -> ValueForm {
        ValueForm(
            name: known.expected, isText: true,
            parse: { node throws(ProfileError) in
                if known.isSecret { return try secret(known, node) }
                guard case .scalar(let text, _) = node.content, known.accepts(text) else {
                    let port =
                        if known.name == "bootstrap.servers",
                            case .scalar(let text, _) = node.content
                        {
                            WrongPort.hint(in: text)
                        } else { "" }
                    throw ProfileError(expected: known.expected, not: node, port)
                }
                return text
            }, print: { known.isSecret ? "null" : YAMLText.quoted($0) })
    }

    /// A secret is neither in a profile, which is copied into results, nor in an argument.
    private static func secret(
        _ known: ClientSetting, _ node: ProfileDocument.Node
    ) throws(ProfileError) -> String {
        guard node.place.mayHaveSecrets else {
            throw ProfileError(
                "\(known.name) is a secret, which arguments show to all users of the machine (ps), and "
                    + "profiles to all who read results: put it into a file for --command-config, or into "
                    + "\(EnvironmentOptions.variable(ofClient: known.name)) in the environment",
                at: node.place)
        }
        guard case .scalar(let text, _) = node.content, known.accepts(text) else {
            throw ProfileError("expected \(known.expected)", at: node.place)
        }
        return text
    }
}
