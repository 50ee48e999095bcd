import Testing

@testable import Security

@Suite("Rules for principals")
struct PrincipalMappingTests {
    private static let dn = "CN=kafka1.example.com,OU=ServiceUsers,O=Example,C=DE"

    @Test(
        "make the name as Kafka's do",
        arguments: [
            ("DEFAULT", dn),
            ("RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/", "kafka1.example.com"),
            ("RULE:^CN=(.*?),.*$/$1/U", "KAFKA1.EXAMPLE.COM"),
            (
                "RULE:^.*[Cc][Nn]=([a-zA-Z0-9.]*).*$/$1@$1/L , DEFAULT",
                "kafka1.example.com@kafka1.example.com"
            ),
            (
                "RULE:^CN=(.*?),OU=Other.*$/$1/, RULE:^CN=(.*?),.*O=(.*?),.*$/$2.$1/L",
                "example.kafka1.example.com"
            ),
            ("RULE:^CN=(.*?),OU=Other.*$/$1/,DEFAULT", dn),
            ("RULE:^(.*)$/a\\/$1/", "a/" + dn),
            ("RULE:.*/\\$1$9/", "$1$9"),
        ])
    func names(rules: String, expected: String) throws {
        #expect(try #require(PrincipalMapping(rules)).name(of: Self.dn) == expected)
    }

    @Test("that do not fit the whole name give none")
    func unfitting() throws {
        #expect(try #require(PrincipalMapping("RULE:CN=(.*?),/$1/")).name(of: Self.dn) == nil)
    }

    @Test("match code points, as Java does, and no name of more than a kilobyte")
    func hostile() throws {
        let mapping = try #require(PrincipalMapping("RULE:^CN=(.*?)$/$1/,DEFAULT"))
        #expect(mapping.name(of: "CN=\u{301}a") == "\u{301}a")
        let longest = "CN=" + String(repeating: "x", count: 1021)
        #expect(mapping.name(of: longest) == String(longest.dropFirst(3)))
        #expect(mapping.name(of: longest + "x") == nil)
        #expect(mapping == PrincipalMapping(mapping.text) && mapping != .dn)
    }

    @Test(
        "that are none are refused",
        arguments: [
            "", "default", "RULE:", "RULE:a", "RULE:a/b", "RULE:(/b/", "DEFAULT,",
            "DEFAULT DEFAULT",
            "RULE:a/b/X", "RULE:a\\", "ROLE:a/b/",
        ])
    func refused(rules: String) {
        #expect(PrincipalMapping(rules) == nil)
    }
}
