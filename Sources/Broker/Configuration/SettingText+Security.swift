import KafkaProtocol
import Security

extension SettingText {
    /// From the tables of the settings themselves.
    static let ofSecurity = Dictionary(
        uniqueKeysWithValues: ListenerSecurity.table.map { setting in
            (
                setting.key.name,
                text(of: setting)
            )
        })

    static func text(of setting: SecuritySetting<ListenerSecurity>) -> SettingText {
        SettingText(
            setting.key.isSecret
                ? .password
                : setting.isList ? .list : setting.isLong ? .long : setting.isInt ? .int : .string,
            setting.meaning)
    }
}
