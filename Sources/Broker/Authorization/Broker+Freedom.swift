import CommitLog

extension Broker {
    /// Says once, at the start, what whoever comes may do that the operator may not have meant.
    func warnOfFreedom(_ listeners: [Listener]) {
        for warning in authorizer?.warnings() ?? [] { logger.warning("\(warning)") }
        warnOfStrangers(listeners)
        warnOfIdleAcls()
    }

    private func warnOfStrangers(_ listeners: [Listener]) {
        let open = listeners.filter { !$0.bound.isLoopback && !config.asksWho(comesTo: $0.name) }
        guard !open.isEmpty else { return }
        let freedom: String
        if let authorizer {
            guard let granted = authorizer.freedomOfStrangers() else { return }
            freedom = granted
        } else {
            freedom = "everything"
        }
        let places = open.map { "\($0.bound)" }.joined(separator: ", ")
        logger.warning(
            "whoever reaches \(places) may read, write and delete \(freedom): nobody is asked who he is"
        )
    }

    private func warnOfIdleAcls() {
        guard authorizer == nil,
            let count = try? AclCheckpoint.read(in: config.logDirectory).count, count > 0
        else { return }
        logger.warning(
            "there are \(count) ACLs, and nobody looks at them: authorizer.class.name is not set")
    }
}
