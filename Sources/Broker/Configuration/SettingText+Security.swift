import KafkaProtocol
import Security

extension SettingText {
    /// From the tables of the settings themselves.
    static let ofSecurity = Dictionary(
        uniqueKeysWithValues: ListenerSecurity.table.map { setting in
            (
                setting.key.name,
                SettingText(
                    setting.key.isSecret
                        ? .password : setting.isList ? .list : setting.isLong ? .long : .string,
                    setting.meaning)
            )
        })
}
