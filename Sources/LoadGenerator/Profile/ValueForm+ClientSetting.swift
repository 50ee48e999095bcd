import KafkaClient
import SettingKeys

extension ValueForm where Value == String {
    /// A setting of the Kafka client, of which its own table says what it accepts.
    static func clientSetting(_ known: ClientSetting) -> ValueForm {
        ValueForm(
            name: known.expected, isText: true,
            parse: { node throws(ProfileError) in
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
            }, print: YAMLText.quoted)
    }
}
