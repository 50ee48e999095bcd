import Foundation
import Testing

/// Programs that were written for Kafka, against `weir serve`: each case is a function of a Python
/// script in `Clients/`, with a broker of its own.
@Suite(
    "Clients written for Kafka",
    .enabled(if: ClientCase.python != nil, "set WEIR_TEST_PYTHON to a Python with the clients"))
struct ClientTests {
    @Test(
        "work through librdkafka and confluent-kafka",
        arguments: [
            "every_codec", "awkward_keys_values_and_headers", "a_megabyte", "too_large_is_refused",
            "timestamps_and_offsets_for_times", "seek_and_replay",
            "a_group_goes_on_where_it_stopped", "a_killed_member_is_replaced",
            "cooperative_rebalance_keeps_what_stays",
            "the_consumer_protocol_spreads_and_resumes",
            "the_consumer_protocol_follows_a_regular_expression",
            "the_consumer_protocol_outlives_a_member",
            "a_group_is_upgraded_and_downgraded_while_it_is_read",
            "a_static_member_returns_without_a_rebalance", "administration",
            "a_topic_created_anew_is_read_from_its_beginning",
            "idempotence_under_dropped_connections", "transactions_committed_and_aborted",
            "an_open_transaction_is_not_read", "a_zombie_is_fenced", "consume_transform_produce",
            "a_transaction_goes_on_over_a_restart", "an_abandoned_transaction_times_out",
        ])
    func confluent(name: String) async throws {
        try await ClientCase(module: "with_confluent", name: name).run()
    }

    @Test(
        "work through kafka-python",
        arguments: [
            "every_codec", "awkward_keys_values_and_headers", "a_megabyte", "too_large_is_refused",
            "timestamps_and_offsets_for_times", "seek_and_replay", "a_group_shares_and_resumes",
            "transactions_committed_and_aborted", "offsets_in_a_transaction",
            "transactions_are_administered", "administration",
        ])
    func kafkaPython(name: String) async throws {
        try await ClientCase(module: "with_kafka_python", name: name).run()
    }

    @Test(
        "work through aiokafka",
        arguments: [
            "every_codec", "awkward_keys_values_and_headers", "a_megabyte", "a_group_resumes",
            "seek_and_timestamps", "idempotent_and_transactional", "a_zombie_is_fenced",
        ])
    func aiokafka(name: String) async throws {
        try await ClientCase(module: "with_aiokafka", name: name).run()
    }

    @Test(
        "work through kcat",
        .enabled(if: ClientCase.finds("kcat"), "kcat is not installed"),
        arguments: [
            "lists_what_is_there", "every_codec", "keys_headers_and_offsets", "a_group_reads_once",
        ])
    func kcat(name: String) async throws {
        try await ClientCase(module: "with_kcat", name: name).run()
    }

    @Test(
        "work over TLS",
        arguments: [
            "confluent_kafka_writes_and_reads", "confluent_kafka_shows_a_certificate",
            "kafka_python_writes_and_reads", "openssl_finds_nothing_below_1_2",
        ])
    func overTLS(name: String) async throws {
        try await ClientCase(module: "with_tls", name: name).run()
    }

    @Test(
        "log in",
        arguments: [
            "confluent_kafka_by_plain", "confluent_kafka_by_scram", "confluent_kafka_over_tls",
            "users_added_while_the_broker_is_down", "kafka_python_by_plain_and_scram",
            "confluent_kafka_logs_in_again",
        ])
    func login(name: String) async throws {
        try await ClientCase(module: "with_sasl", name: name).run()
    }

    @Test(
        "do what ACLs allow",
        arguments: [
            "what_is_denied_is_allowed_and_denied_again",
            "who_has_no_rights_learns_no_names_and_changes_nothing",
        ])
    func acls(name: String) async throws {
        try await ClientCase(module: "with_acls", name: name).run()
    }

    @Test(
        "end transactions of the second version, over kills, too",
        arguments: ["committed_and_aborted", "all_or_nothing_over_kills"])
    func secondVersion(name: String) async throws {
        try await ClientCase(module: "with_second_version", name: name).run()
    }

    @Test(
        "keep to their quotas, and push their metrics",
        arguments: [
            "confluent_kafka_sees_how_long_it_is_throttled",
            "quotas_and_subscriptions_outlive_a_kill", "librdkafka_pushes_its_metrics",
        ])
    func quotas(name: String) async throws {
        try await ClientCase(module: "with_quotas", name: name).run()
    }

    @Test(
        "share partitions in a share group",
        arguments: [
            "two_members_share_one_partition", "released_records_come_again_with_their_count",
            "a_lock_that_ends_lets_others_have_the_records",
            "a_member_that_closes_gives_back_what_it_has",
            "nothing_is_lost_or_comes_again_over_kills",
        ])
    func shareGroups(name: String) async throws {
        try await ClientCase(module: "with_share_groups", name: name).run()
    }

    @Test("notice nothing of peers that send rubbish, half a request, or nothing")
    func hostility() async throws {
        try await ClientCase(module: "with_hostility", name: "others_notice_nothing").run()
    }

    @Test(
        "lose nothing and see nothing twice, though the broker is killed again and again",
        arguments: [
            "every_acknowledged_record_is_there_once", "transactions_are_all_or_nothing",
        ])
    func kills(name: String) async throws {
        try await ClientCase(module: "with_kills", name: name).run()
    }
}

/// One case, run in a process of its own.
struct ClientCase {
    let module: String
    let name: String

    static let python = ProcessInfo.processInfo.environment["WEIR_TEST_PYTHON"]

    static func finds(_ program: String) -> Bool {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
        }
    }

    /// Cases mostly wait, for sessions to end and members to join, so several run at a time.
    private static let slots = DispatchSemaphore(value: 4)

    /// Runs the case to its end; what it printed is the failure's comment. It waits on a thread of its
    /// own, since the tests' threads are as few as the cores.
    func run(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let (status, text) = try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                Self.slots.wait()
                defer { Self.slots.signal() }
                continuation.resume(with: Result { try ended() })
            }
        }
        #expect(status == 0, "\(text)", sourceLocation: sourceLocation)
    }

    private func ended() throws -> (status: Int32, text: String) {
        let workspace = try Workspace()
        let scripts = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(component: "Clients")
        let process = Process()
        process.executableURL = URL(filePath: try #require(Self.python))
        process.arguments = [
            "-B", scripts.appending(component: "run_case.py").path, module, name,
            Weir.executable.path, workspace.path,
        ]
        let printed = workspace.path("case.txt")
        try Data().write(to: URL(filePath: printed))
        let output = try FileHandle(forWritingTo: URL(filePath: printed))
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        process.waitUntilExit()
        let text = (try? String(contentsOfFile: printed, encoding: .utf8)) ?? ""
        return (process.terminationStatus, text)
    }
}
