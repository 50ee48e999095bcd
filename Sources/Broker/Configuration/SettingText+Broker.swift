extension SettingText {
    /// Of the broker's settings that topics have no counterpart of, by their key. A test compares it with
    /// the keys that exist.
    static let ofBroker = own.merging(ofSecurity) { own, _ in own }
        .merging(ofAuthorization) { own, _ in own }.merging(ofSharing) { own, _ in own }

    private static let own: [String: SettingText] = [
        "node.id": SettingText(.int, "The broker's number, which clients are told."),
        "broker.id": SettingText(.int, "The older name of node.id."),
        "listeners": SettingText(
            .list,
            "Where the broker listens; without a host on every address, with port 0 on a free one."),
        "advertised.listeners": SettingText(
            .list, "The addresses that clients are told; a listener that is missing tells its own."),
        "controller.listener.names": SettingText(
            .list, "The names of a KRaft node's controller listeners, which are left out."),
        "listener.security.protocol.map": SettingText(
            .string,
            "What each listener speaks, such as INTERNAL:PLAINTEXT,PUBLIC:SSL; one that is missing has its protocol's name."
        ),
        "log.dirs": SettingText(.list, "The data directory."),
        "log.dir": SettingText(.list, "The older name of log.dirs."),
        "num.network.threads": SettingText(
            .int, "The threads that move bytes; by default one a core."),
        "weir.long.work.threads": SettingText(
            .int,
            "The threads for work that would hold a network thread too long; by default one a core."
        ),
        "socket.request.max.bytes": SettingText(.int, "The largest request that is accepted."),
        "socket.listen.backlog.size": SettingText(
            .int, "How many connections may wait to be accepted."),
        "socket.send.buffer.bytes": SettingText(
            .int, "The socket's buffer for answers; -1 leaves it to the system."),
        "socket.receive.buffer.bytes": SettingText(
            .int, "The socket's buffer for requests; -1 leaves it to the system."),
        "max.connections": SettingText(.int, "The most connections at a time."),
        "max.connections.per.ip": SettingText(
            .int, "The most connections of one address at a time, of IPv6 of one /64 network."),
        "max.connections.per.ip.overrides": SettingText(
            .string, "The most connections of single addresses, in place of max.connections.per.ip."
        ),
        "max.connection.creation.rate": SettingText(
            .int, "The most connections a second that all listeners together accept."),
        "weir.admin.listener.name": SettingText(
            .string,
            "The listener that keeps working when the others are full: it has a thread, memory and connections of its own."
        ),
        "quota.window.num": SettingText(
            .int, "The windows that quotas of clients are measured over."),
        "quota.window.size.seconds": SettingText(
            .int, "The seconds of each window that quotas of clients are measured over."),
        "controller.quota.window.num": SettingText(
            .int, "The windows whose controller_mutation_rate may be used up at once."),
        "controller.quota.window.size.seconds": SettingText(
            .int,
            "The seconds of each window whose controller_mutation_rate may be used up at once."
        ),
        "weir.max.quota.clients": SettingText(
            .int,
            "The most uses of default quotas that are counted one by one; the one used longest ago makes room for another."
        ),
        "weir.max.topics": SettingText(
            .int, "The most topics; more are not created. Those that exist are served."),
        "weir.max.partitions": SettingText(
            .int,
            "The most partitions of all topics; more are not created. Those that exist are served."),
        "weir.max.groups": SettingText(
            .int, "The most groups with members or offsets; others are refused."),
        "weir.max.transactional.ids": SettingText(
            .int, "The most transactional ids; others are refused until some expire."),
        "weir.client.metrics": SettingText(
            .string,
            "What becomes of the metrics that clients send of themselves: none are asked for, they are counted, or each is also logged in brief."
        ),
        "telemetry.max.bytes": SettingText(
            .int, "The largest push of a client's metrics, compressed."),
        "connections.max.idle.ms": SettingText(
            .long, "How long a connection without requests stays open."),
        "queued.max.request.bytes": SettingText(
            .long,
            "The memory for requests that are being received or handled, over all connections."),
        "fetch.max.bytes": SettingText(
            .int, "The most bytes of an answer to a fetch, whatever it asks for."),
        "weir.max.in.flight.requests.per.connection": SettingText(
            .int, "How many requests of one connection may wait for their answers."),
        "weir.queued.max.response.bytes": SettingText(
            .long, "While unwritten answers take more memory than this, no request is taken."),
        "weir.max.unwritten.response.bytes": SettingText(
            .long,
            "While one client has so many bytes of answers to read, none of its requests is taken."),
        "weir.request.receive.timeout.ms": SettingText(
            .long,
            "How long a request may take to arrive while others wait for the memory that it holds."),
        "weir.request.silence.timeout.ms": SettingText(
            .long, "How long a client may be silent inside a request while others wait for memory."),
        "weir.shutdown.timeout.ms": SettingText(
            .int, "How long what is in flight may take to finish at the end."),
        "connection.failed.authentication.delay.ms": SettingText(
            .int, "How long the answer to a failed login is delayed, and the end of its connection."
        ),
        "sasl.server.max.receive.size": SettingText(
            .int, "The largest request that is accepted of a client that has not logged in."),
        "weir.authentication.timeout.ms": SettingText(
            .int, "How long a client may take for the handshake of TLS, and to log in."),
        "num.partitions": SettingText(
            .int, "The partitions of a topic that is created without a number of them."),
        "auto.create.topics.enable": SettingText(
            .boolean, "Whether asking for a topic creates it."),
        "delete.topic.enable": SettingText(.boolean, "Whether topics can be deleted."),
        "default.replication.factor": SettingText(
            .int, "The replication factor that clients are told; one copy is kept."),
        "weir.accept.any.replication.factor": SettingText(
            .boolean,
            "Whether any replication factor that a client asks for is accepted; one copy is kept."),
        "group.min.session.timeout.ms": SettingText(
            .int, "The shortest session that a member may ask for."),
        "group.max.session.timeout.ms": SettingText(
            .int, "The longest session that a member may ask for."),
        "group.initial.rebalance.delay.ms": SettingText(
            .int, "How long a new group waits for its members; 0 for tests."),
        "group.consumer.session.timeout.ms": SettingText(
            .int,
            "How long a member of the consumer protocol may be silent before it counts as gone."),
        "group.consumer.heartbeat.interval.ms": SettingText(
            .int, "How often a member of the consumer protocol is told to send heartbeats."),
        "group.consumer.min.session.timeout.ms": SettingText(
            .int, "The shortest consumer.session.timeout.ms that a group may set for itself."),
        "group.consumer.max.session.timeout.ms": SettingText(
            .int, "The longest consumer.session.timeout.ms that a group may set for itself."),
        "group.consumer.min.heartbeat.interval.ms": SettingText(
            .int, "The shortest consumer.heartbeat.interval.ms that a group may set for itself."),
        "group.consumer.max.heartbeat.interval.ms": SettingText(
            .int, "The longest consumer.heartbeat.interval.ms that a group may set for itself."),
        "group.consumer.max.size": SettingText(
            .int, "The most members of a group of the consumer protocol."),
        "group.consumer.assignors": SettingText(
            .list,
            "What assigns the partitions of a group of the consumer protocol; the first is the default."
        ),
        "group.consumer.migration.policy": SettingText(
            .string,
            "Whether a group with members changes between the classic and the consumer protocol."),
        "group.consumer.regex.refresh.interval.ms": SettingText(
            .int,
            "How often the topics of a regular expression are looked up though none came or went."),
        "group.max.size": SettingText(.int, "The most members of a group of the classic protocol."),
        "weir.group.member.max.bytes": SettingText(
            .long, "The most bytes of metadata and assignment of one member."),
        "weir.group.max.bytes": SettingText(
            .long, "The most bytes of metadata and assignments of one group."),
        "weir.groups.max.bytes": SettingText(
            .long, "The most bytes of metadata and assignments of all groups."),
        "offsets.retention.minutes": SettingText(
            .int, "How long an empty group's committed offsets are kept."),
        "offsets.retention.check.interval.ms": SettingText(
            .long, "How often expired offsets are looked for."),
        "offsets.topic.num.partitions": SettingText(
            .int, "The partitions of __consumer_offsets when it is created."),
        "offsets.topic.segment.bytes": SettingText(
            .int, "The largest segment of __consumer_offsets."),
        "offset.metadata.max.bytes": SettingText(
            .int, "The most bytes of metadata of a committed offset."),
        "transaction.max.timeout.ms": SettingText(
            .int, "The longest transaction that a producer may ask for."),
        "transactional.id.expiration.ms": SettingText(
            .int, "How long an unused transactional id is kept."),
        "transaction.state.log.num.partitions": SettingText(
            .int, "The partitions of __transaction_state when it is created."),
        "transaction.state.log.segment.bytes": SettingText(
            .int, "The largest segment of __transaction_state."),
        "transaction.abort.timed.out.transaction.cleanup.interval.ms": SettingText(
            .int, "How often transactions beyond their time are looked for, and aborted."),
        "transaction.remove.expired.transaction.cleanup.interval.ms": SettingText(
            .int, "How often expired transactional ids are looked for."),
        "log.retention.check.interval.ms": SettingText(
            .long, "How often retention is enforced; that of bytes also after every roll."),
        "log.flush.offset.checkpoint.interval.ms": SettingText(
            .int,
            "How often sealed segments are flushed, and recovery points and log start offsets written."
        ),
        "weir.unflushed.segment.bytes": SettingText(
            .long,
            "How many bytes of a partition's sealed segments may be unflushed; Kafka flushes at every roll."
        ),
        "producer.id.expiration.ms": SettingText(
            .int, "After so long without a batch a producer id is forgotten."),
        "weir.max.producer.ids.per.partition": SettingText(
            .int,
            "The producer ids that a partition remembers; of more, those are forgotten that were silent for longest."
        ),
        "log.cleaner.enable": SettingText(.boolean, "Whether compacted topics are compacted."),
        "log.cleaner.dedupe.buffer.size": SettingText(
            .long, "The memory for the cleaner's map of keys, 24 bytes a key."),
        "log.cleaner.io.buffer.load.factor": SettingText(
            .double, "How full the cleaner's map of keys may get."),
        "log.cleaner.io.max.bytes.per.second": SettingText(
            .double, "The most bytes that the cleaner reads and writes a second."),
        "log.cleaner.backoff.ms": SettingText(
            .long, "How long the cleaner rests when there is nothing to clean."),
        "log.cleaner.threads": SettingText(.int, "Without effect: one thread cleans."),
        "log.cleaner.io.buffer.size": SettingText(
            .int, "Without effect: the cleaner has a buffer of its own."),
        "num.io.threads": SettingText(
            .int, "Without effect: as many threads serve as the machine has cores."),
        "num.replica.fetchers": SettingText(.int, "Without effect: nothing is replicated."),
        "num.recovery.threads.per.data.dir": SettingText(
            .int, "Without effect: every core recovers."),
        "background.threads": SettingText(
            .int, "Without effect: background work has threads of its own."),
        "sasl.kerberos.min.time.before.relogin": SettingText(
            .long, "Without effect: nobody logs in by Kerberos."),
    ]
}
