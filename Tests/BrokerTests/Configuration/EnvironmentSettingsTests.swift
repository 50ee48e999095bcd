import Testing

@testable import Broker

@Suite struct `Settings from the environment` {
    @Test func `have the names that Kafka's image gives them`() {
        let written = EnvironmentSettings.written([
            "KAFKA_NUM_PARTITIONS": "3", "KAFKA_LOG_DIRS": "/data", "KAFKA_A__B___C": "x",
            "KAFKA_HEAP_OPTS": "-Xmx1g", "PATH": "/bin", "kafka_node_id": "1",
        ])
        #expect(
            written == [
                WrittenSetting(key: "a_b-c", value: "x", origin: "KAFKA_A__B___C"),
                WrittenSetting(key: "log.dirs", value: "/data", origin: "KAFKA_LOG_DIRS"),
                WrittenSetting(key: "num.partitions", value: "3", origin: "KAFKA_NUM_PARTITIONS"),
            ])
    }

    @Test func `are refused under the name of the variable`() {
        let written = EnvironmentSettings.written(["KAFKA_NUM_PARTITION": "3"])
        let error = #expect(throws: BrokerConfigError.self) { try BrokerConfig.reading(written) }
        #expect(error?.origin == "KAFKA_NUM_PARTITION")
        #expect(error?.reason.contains("num.partitions") == true)
    }
}
