extension SettingText {
    static let ofAuthorization: [String: SettingText] = [
        "authorizer.class.name": SettingText(
            .string,
            "Kafka's class that checks ACLs; without one whoever is let in may do everything."),
        "super.users": SettingText(
            .string, "The principals that may do everything, whatever the ACLs say."),
        "allow.everyone.if.no.acl.found": SettingText(
            .boolean, "Whether everybody may do what no ACL is about."),
        "weir.max.acls": SettingText(.int, "The most ACLs."),
    ]
}
