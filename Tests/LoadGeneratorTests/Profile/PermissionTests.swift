import Testing

@testable import LoadGenerator

@Suite struct `What the client may read` {
    private static let name = "org.apache.kafka.sasl.oauthbearer.allowed.urls"
    private static let base = "target: kafka\nclient:\n  bootstrap.servers: a:1\n"

    @Test func `is said neither by a profile, which others may have made, nor by an argument`() {
        let written = ProfileErrorTests.faults(Self.base + "  \(Self.name): file:///etc/token\n")
        let argued = ProfileErrorTests.faults(
            Self.base, overrides: ["client.\(Self.name)=file:///etc/token"])
        for faults in [written, argued] {
            #expect(faults.count == 1)
            let fault = faults.first ?? ""
            #expect(fault.contains("whoever runs a profile"), "\(fault)")
            #expect(fault.contains("--command-config"), "\(fault)")
            #expect(fault.contains("WEIR_SET_CLIENT_ORG_APACHE_KAFKA_SASL"), "\(fault)")
        }
    }

    @Test func `is said by a file for --command-config, and by the environment`() throws {
        let file = try CommandConfig(text: "\(Self.name)=https://a/,file:///b\n", name: "c")
        let variable = EnvironmentOptions.variable(ofClient: Self.name)
        let environment = EnvironmentOptions.settings(in: [variable: "https://a/,file:///b"])
        for options in [file.options, environment] {
            let profile = try Profile(yaml: Self.base, overrides: options)
            #expect(profile.client[Self.name] == "https://a/,file:///b")
        }
    }
}
