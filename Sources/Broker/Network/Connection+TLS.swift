import NIOCore
import NIOSSL
import NIOTLS
import Security

// TLS: who the client is by its certificate, and what its faults mean.

extension Connection {
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event {
            identify(context)
            if login == nil { didSetUp() }
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// A client that has shown a certificate, which was verified, is its subject.
    private func identify(_ context: ChannelHandlerContext) {
        guard let settings = tls, settings.clientAuth != .none else { return }
        let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
        guard let certificate = handler?.peerCertificate else {
            if settings.clientAuth == .required { fail("it has not shown a certificate") }
            return
        }
        guard let der = try? certificate.toDERBytes(),
            let subject = DistinguishedName.ofSubject(inCertificate: der)
        else { return fail("the subject of its certificate cannot be read") }
        guard subject.utf8.count <= PrincipalMapping.maximumByteCount else {
            return fail(
                "the subject of its certificate has \(subject.utf8.count) bytes, more than "
                    + "\(PrincipalMapping.maximumByteCount)")
        }
        guard let name = settings.principalMapping.name(of: subject), !name.isEmpty else {
            return fail("no rule of ssl.principal.mapping.rules fits its certificate, \(subject)")
        }
        principal = Principal(name: name)
    }

    /// What to say of a failure of TLS; nil where the peer just went away.
    func faultOfTLS(_ error: any Error) -> String? {
        if case NIOSSLError.uncleanShutdown = error { return nil }
        // Whoever only looks whether the port is open.
        guard TLSFault.isLasting(error) else { return nil }
        return TLSFault.ofClient(error)
    }
}
