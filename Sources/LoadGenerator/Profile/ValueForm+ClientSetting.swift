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

    /// What only whoever runs the program may say: a profile that somebody shares could else send a file of this machine
    /// to brokers of its choice. A secret is neither in a profile, which is copied into results, nor in an argument.
    private static func secret(
        _ known: ClientSetting, _ node: ProfileDocument.Node
    ) throws(ProfileError) -> String {
        guard node.place.mayHaveSecrets else {
            let reason =
                known.isPermission
                ? "says what may be read and whom secrets may be shown, which whoever runs a profile "
                    + "says, and not the profile"
                : "is a secret, which arguments show to all users of the machine (ps), and profiles to "
                    + "all who read results"
            throw ProfileError(
                "\(known.name) \(reason): put it into a file for --command-config, or into "
                    + "\(EnvironmentOptions.variable(ofClient: known.name)) in the environment",
                at: node.place)
        }
        guard case .scalar(let text, _) = node.content, known.accepts(text) else {
            throw ProfileError("expected \(known.expected)", at: node.place)
        }
        return text
    }
}
