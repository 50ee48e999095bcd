import Foundation
import TestCertificates
import Testing

@Suite struct `Commands over TLS` {
    private let authority: CertificateAuthority
    private let workspace: Workspace
    private let password = "do-not-show-this"

    init() throws {
        authority = try CertificateAuthority()
        workspace = try Workspace()
    }

    /// A broker with TLS alone, set up by a file as in Kafka.
    private func served() throws -> (weir: Weir, address: String) {
        let broker = try authority.issue("broker")
        let store = try authority.encrypted(broker, password: password)
        try """
        listeners=PUBLIC://127.0.0.1:0
        listener.security.protocol.map=PUBLIC:SSL
        listener.name.public.ssl.keystore.location=\(store)
        listener.name.public.ssl.keystore.password=\(password)
        listener.name.public.ssl.truststore.location=\(authority.certificate)
        listener.name.public.ssl.client.auth=required

        """.write(toFile: workspace.path("server.properties"), atomically: false, encoding: .utf8)
        let weir = try Weir(
            ["serve", "--data-dir", "served", "--config", "server.properties"], in: workspace)
        try weir.wait(until: "it listens") { weir.output.contains("\n") }
        let match = try #require(weir.output.firstMatch(of: /listening on (127\.0\.0\.1:\d+),/))
        return (weir, String(match.1))
    }

    private func writeClient() throws {
        let client = try authority.issue("client", subject: "/CN=client")
        let store = try authority.encrypted(client, password: password)
        try """
        # As the Java clients have it.
        security.protocol = SSL
        ssl.truststore.type=PEM
        ssl.truststore.location=\(authority.certificate)
        ssl.keystore.type=PEM
        ssl.keystore.location=\(store)
        ssl.key.password=\(password)
        key.serializer=org.apache.kafka.common.serialization.StringSerializer

        """.write(toFile: workspace.path("client.properties"), atomically: false, encoding: .utf8)
    }

    @Test func `load a cluster, compare on it, and leave no secret in the results`() throws {
        let (broker, address) = try served()
        try writeClient()
        let ended = try workspace.run(
            "--bootstrap-server", address, "--command-config", "client.properties")
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.errors.contains("client.properties: without meaning here: key.serializer"))
        let compared = try workspace.weir(
            "compare", "orders.yaml", "--bootstrap-server", address, "--command-config",
            "client.properties", "--vary", "linger.ms=0,1", "--repetitions", "1", "--out", "results"
        )
        #expect(compared.status == 0, "\(compared.errors)")
        broker.signal(SIGTERM)
        #expect(try broker.ended().status == 0)
        var searched = 0
        let files = FileManager.default.enumerator(atPath: workspace.path)
        while let file = files?.nextObject() as? String {
            guard file != "client.properties", file != "server.properties",
                let data = FileManager.default.contents(atPath: workspace.path(file))
            else { continue }
            searched += 1
            #expect(data.firstRange(of: Data(password.utf8)) == nil, "\(file)")
            #expect(data.firstRange(of: Data("PRIVATE KEY".utf8)) == nil, "\(file)")
        }
        #expect(searched > 10)
    }

    @Test func `take a secret from the environment, and from no argument and no profile`() throws {
        let ended = try workspace.run("--set", "client.ssl.key.password=\(password)")
        #expect(ended.status == 65)
        #expect(
            ended.errors.contains("--command-config")
                && ended.errors.contains("WEIR_SET_CLIENT_SSL_KEY_PASSWORD")
                && !ended.errors.contains(password), "\(ended.errors)")
        try "client: {ssl.key.password: \(password)}\n".write(
            toFile: workspace.path("secret.yaml"), atomically: false, encoding: .utf8)
        let profile = try workspace.weir("run", "secret.yaml")
        #expect(profile.status == 65)
        #expect(
            profile.errors.contains("secret.yaml:1:") && !profile.errors.contains(password),
            "\(profile.errors)")
        let served = try workspace.weir(
            "serve", "--data-dir", "d", "--set", "ssl.keystore.password=\(password)")
        #expect(served.status == 65)
        #expect(
            served.errors.contains("KAFKA_SSL_KEYSTORE_PASSWORD")
                && !served.errors.contains(password), "\(served.errors)")
    }

    @Test func `refuse settings of no client with the name that is meant`() throws {
        try "security.protocl=SSL\nssl.ca.location=x\n".write(
            toFile: workspace.path("client.properties"), atomically: false, encoding: .utf8)
        let ended = try workspace.run("--command-config", "client.properties")
        #expect(ended.status == 65)
        #expect(
            ended.errors.contains("client.properties:1: ")
                && ended.errors.contains("did you mean 'security.protocol'"))
        #expect(
            ended.errors.contains("client.properties:2: ")
                && ended.errors.contains("ssl.truststore.location"))
    }
}
