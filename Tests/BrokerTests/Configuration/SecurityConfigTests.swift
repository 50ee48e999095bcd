import Testing

@testable import Broker

@Suite("Settings of TLS")
struct SecurityConfigTests {
    private func read(_ text: String) throws -> (config: BrokerConfig, warnings: [String]) {
        try BrokerConfig.reading(BrokerConfig.settings(inFile: text, named: "f"))
    }

    private func fault(_ text: String) -> String {
        do {
            _ = try read(text)
            return ""
        } catch {
            return "\(error)"
        }
    }

    private static let listeners = """
        listeners=INTERNAL://:1,PUBLIC.A://:2
        listener.security.protocol.map=INTERNAL:SSL,PUBLIC.A:SSL
        ssl.keystore.location=k.pem

        """

    @Test("hold for all listeners, and for one where its name stands in front, in whatever order")
    func prefixes() throws {
        let config = try read(
            Self.listeners + """
                listener.name.public.a.ssl.client.auth=required
                ssl.client.auth=requested
                ssl.truststore.location=ca.pem
                ssl.keystore.location=all.pem
                listener.name.public.a.ssl.keystore.location=public.pem
                listener.name.public.a.ssl.keystore.password=hunter2
                """
        ).config
        #expect(config.ssl(of: "INTERNAL").clientAuth == .requested)
        #expect(config.ssl(of: "INTERNAL").keystoreLocation == "all.pem")
        #expect(config.ssl(of: "PUBLIC.A").clientAuth == .required)
        #expect(config.ssl(of: "PUBLIC.A").keystoreLocation == "public.pem")
        #expect(!"\(config)".contains("hunter2"))
        #expect(config.asksWho(comesTo: "PUBLIC.A") && !config.asksWho(comesTo: "INTERNAL"))
    }

    @Test("that are none are refused with the name that is meant")
    func refused() {
        #expect(
            fault(Self.listeners + "listener.name.public.a.ssl.client.aut=required").contains(
                "a listener has no setting 'ssl.client.aut'; did you mean 'ssl.client.auth'?"))
        #expect(
            fault(Self.listeners + "listener.name.other.ssl.client.auth=required")
                .contains("no listener among listeners"))
        #expect(fault("ssl.keystore.locatio=x").contains("did you mean 'ssl.keystore.location'?"))
        #expect(fault("ssl.enabled.protocols=TLSv1.1").contains("expected TLSv1.2, TLSv1.3"))
        #expect(fault("ssl.client.auth=yes").contains("expected none or requested or required"))
        #expect(fault("ssl.principal.mapping.rules=RULE:(/a/").contains("expected DEFAULT"))
        #expect(
            fault("ssl.cipher.suites=TLS_RSA_WITH_RC4_128_MD5").contains("TLS_AES_256_GCM_SHA384"))
    }

    @Test(
        "that let in whoever has a certificate of any authority are refused",
        arguments: ["required", "requested"])
    func trust(clientAuth: String) throws {
        let text = Self.listeners + "ssl.client.auth=\(clientAuth)\n"
        #expect(fault(text).contains("INTERNAL has ssl.client.auth=\(clientAuth)"))
        #expect(fault(text).hasSuffix("set ssl.truststore.location"))
        #expect(
            fault(text + "listener.name.internal.ssl.truststore.location=a").contains(
                "PUBLIC.A has"))
        #expect(fault(text + "ssl.truststore.location=a") == "")
    }

    @Test("do not ask for certificates where clients log in, but by a setting of the listener")
    func clientAuth() throws {
        let text = """
            listeners=A://:1,B://:2,C://:3
            listener.security.protocol.map=A:SSL,B:SASL_SSL,C:SASL_SSL
            sasl.enabled.mechanisms=SCRAM-SHA-512
            ssl.keystore.location=k.pem
            ssl.truststore.location=ca.pem
            listener.name.c.ssl.client.auth=requested
            listener.name.c.scram-sha-512.connections.max.reauth.ms=1000
            ssl.client.auth=required
            """
        let (config, warnings) = try read(text)
        #expect(
            ["A", "B", "C"].map { config.ssl(of: $0).clientAuth } == [.required, .none, .requested])
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("set listener.name.b.ssl.client.auth") == true)
        let sasl = config.security(of: "C").sasl
        #expect(sasl.maxReauthMs(by: .scramSHA512) == 1000 && sasl.maxReauthMs(by: .plain) == 0)
    }

    @Test("of Kafka's that have no meaning here are warned of")
    func kafkas() throws {
        let warnings = try read(
            Self.listeners + "ssl.provider=x\nlistener.name.internal.ssl.engine.factory.class=y"
        ).warnings
        #expect(warnings.count == 2)
    }

    @Test(
        "that are secret are not taken from the command line, nor told",
        arguments: [
            "ssl.key.password", "ssl.keystore.key", "listener.name.public.a.ssl.keystore.password",
        ])
    func secrets(key: String) throws {
        let written = BrokerConfig.settings(inFile: Self.listeners, named: "f")
        do {
            _ = try BrokerConfig.reading(
                written + [WrittenSetting(key: key, value: "hunter2", origin: "--set")])
            Issue.record("it was taken")
        } catch {
            #expect("\(error)".contains("KAFKA_") && !"\(error)".contains("hunter2"))
        }
        let variable = EnvironmentSettings.variable(for: key)
        let config = try BrokerConfig.reading(
            written + EnvironmentSettings.written([variable: "hunter2"])
        ).config
        #expect(!"\(config.written)\(config.entries)".contains("hunter2"))
    }
}
