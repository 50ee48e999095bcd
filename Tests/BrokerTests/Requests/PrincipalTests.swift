import Testing

@testable import Broker

@Suite("A principal")
struct PrincipalTests {
    @Test(
        "is read as it is written", arguments: ["User:alice", "User:CN=a:b,O=c", "Group:x"])
    func roundTrip(text: String) {
        #expect(Principal(text)?.description == text)
    }

    @Test("has a type and a name", arguments: ["", ":", "alice", "User:", ":alice"])
    func incomplete(text: String) {
        #expect(Principal(text) == nil)
    }

    @Test("is ANONYMOUS where nobody said who he is")
    func anonymous() {
        #expect(Principal.anonymous.description == "User:ANONYMOUS")
    }
}
