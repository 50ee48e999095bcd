// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
// Weir is licensed under the Apache License 2.0, whose text is in LICENSE.
import PackageDescription

/// Every target of ours is held to the same rules: the Swift 6 language mode (implied by the tools
/// version), strict memory safety, and no warnings.
let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableExperimentalFeature("Lifetimes"),
]

/// Statistics and the search for a rate are optimised in a debug build too: their tests simulate thousands
/// of searches, which take twenty times as long without.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// Whether another package has this one checked out, or looks into its repository to find versions.
let isDependency =
    Context.packageDirectory == "/" || Context.packageDirectory.contains("/checkouts/")

/// An executable is built from the versions that it was tested with, since Package.resolved is not kept. In
/// the package of a user of the libraries, others may need newer ones.
func dependency(_ url: String, _ version: Version) -> Package.Dependency {
    isDependency ? .package(url: url, from: version) : .package(url: url, exact: version)
}

let package = Package(
    name: "weir",
    products: [
        .executable(name: "weir", targets: ["weir"]),
        // None of them contains Measurement, whose flags SwiftPM allows only in a root package.
        .library(name: "RecordFormat", targets: ["RecordFormat"]),
        .library(name: "CommitLog", targets: ["CommitLog"]),
        .library(name: "KafkaClient", targets: ["KafkaClient"]),
    ],
    dependencies: [
        dependency("https://github.com/apple/swift-argument-parser", "1.8.2"),
        dependency("https://github.com/jpsim/Yams", "6.2.2"),
        dependency("https://github.com/HdrHistogram/hdrhistogram-swift", "0.2.0"),
        dependency("https://github.com/hummingbird-project/swift-mustache", "2.1.1"),
        dependency("https://github.com/apple/swift-collections", "1.6.0"),
        dependency("https://github.com/apple/swift-nio", "2.101.2"),
        dependency("https://github.com/apple/swift-nio-ssl", "2.37.6"),
        dependency("https://github.com/apple/swift-crypto", "4.5.2"),
        dependency("https://github.com/apple/swift-log", "1.16.2"),
        dependency("https://github.com/apple/swift-metrics", "2.13.0"),
        dependency("https://github.com/swift-server/swift-service-lifecycle", "2.13.0"),
        // What these need, for its versions alone, since Package.resolved is not kept.
        dependency("https://github.com/apple/swift-async-algorithms", "1.1.4"),
        dependency("https://github.com/apple/swift-atomics", "1.3.0"),
        dependency("https://github.com/apple/swift-numerics", "1.1.1"),
        dependency("https://github.com/apple/swift-system", "1.8.1"),
    ],
    targets: [
        // The C libraries of the system, and the C that is ours: what Swift has no word for.
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CSnappy", providers: [.apt(["libsnappy-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CRC32C"),
        .target(name: "CPrefetch"),
        .target(name: "CFileSpace"),
        .target(name: "CMemory"),
        .target(name: "CClockState"),
        .target(name: "CThreadAffinity"),
        .target(name: "CShell"),

        .target(
            name: "RecordFormat",
            dependencies: ["CRC32C", "CZstd", "CLZ4", "CSnappy", "CZlib"],
            exclude: ["README.md"], swiftSettings: strict),
        .target(name: "SettingKeys", swiftSettings: strict),
        .target(
            name: "CommitLog", dependencies: ["RecordFormat", "SettingKeys", "CFileSpace"],
            exclude: ["README.md"], swiftSettings: strict),
        .target(
            name: "KafkaProtocol", dependencies: ["RecordFormat"], swiftSettings: strict),
        // TLS and logins: Kafka's settings of them, and what they make.
        .target(
            name: "Security",
            dependencies: [
                "CShell", "SettingKeys",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),
        .target(
            name: "Broker",
            dependencies: [
                "CommitLog", "KafkaProtocol", "RecordFormat", "Security", "SettingKeys", "CMemory",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "KafkaClient",
            dependencies: [
                "KafkaProtocol", "RecordFormat", "Security", "SettingKeys",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            exclude: ["README.md"], swiftSettings: strict),
        .target(
            name: "Measurement",
            dependencies: [
                "CClockState", "CThreadAffinity",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            swiftSettings: strict + optimised),
        .target(
            name: "LoadGenerator",
            dependencies: [
                "CommitLog", "KafkaClient", "KafkaProtocol", "Measurement", "RecordFormat",
                "SettingKeys", "CZstd", "CPrefetch",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Yams", package: "Yams"),
            ],
            // A link to the folder Profiles: the program contains them.
            exclude: ["Profile/Shipped/README.md"],
            resources: [.embedInCode("Profile/Shipped")],
            swiftSettings: strict),
        .target(
            name: "Reporting",
            dependencies: [
                "Measurement", "CZlib",
                .product(name: "Mustache", package: "swift-mustache"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "weir",
            dependencies: [
                "RecordFormat", "CommitLog", "Measurement", "LoadGenerator", "Reporting", "Broker",
                "SettingKeys",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),

        .testTarget(
            name: "RecordFormatTests", dependencies: ["RecordFormat", "CRC32C", "SeededRandom"],
            exclude: ["Interop"], resources: [.copy("Golden")], swiftSettings: strict),
        .testTarget(
            name: "KafkaProtocolTests",
            dependencies: ["KafkaProtocol", "RecordFormat", "AllocationCounter", "SeededRandom"],
            exclude: ["Interop"], resources: [.copy("Golden")], swiftSettings: strict),
        .testTarget(
            name: "BrokerTests",
            dependencies: [
                "Broker", "CommitLog", "KafkaProtocol", "RecordFormat", "AllocationCounter",
                "Security", "SeededRandom", "TestCertificates",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "KafkaClientTests",
            dependencies: [
                "KafkaClient", "Broker", "CommitLog", "KafkaProtocol", "RecordFormat",
                "AllocationCounter", "SeededRandom", "Security", "TestCertificates",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            exclude: ["Interop"], swiftSettings: strict),
        .testTarget(
            name: "SecurityTests",
            dependencies: [
                "Security", "SeededRandom", "TestCertificates",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),
        // Keys and certificates, by the program openssl.
        .target(
            name: "TestCertificates",
            dependencies: [
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            path: "Tests/TestCertificates", swiftSettings: strict),
        // What randomised tests draw from, and replay by its seed.
        .target(name: "SeededRandom", path: "Tests/SeededRandom", swiftSettings: strict),
        // Stands in front of malloc in the tests, so that they can count.
        .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
        .testTarget(
            name: "CommitLogTests",
            dependencies: ["CommitLog", "RecordFormat", "CrashWriter", "SeededRandom"],
            swiftSettings: strict),
        // The process that the crash tests kill.
        .executableTarget(
            name: "CrashWriter", dependencies: ["CommitLog", "RecordFormat"],
            path: "Tests/CrashWriter", swiftSettings: strict),
        .testTarget(
            name: "MeasurementTests", dependencies: ["Measurement", "SeededRandom"],
            exclude: ["Golden", "Interop"], swiftSettings: strict),
        .testTarget(
            name: "LoadGeneratorTests",
            dependencies: [
                "LoadGenerator", "Broker", "CommitLog", "KafkaClient", "Measurement",
                "RecordFormat", "SeededRandom",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ReportingTests", dependencies: ["Reporting", "Measurement", "SeededRandom"],
            exclude: ["Golden", "Interop"], swiftSettings: strict),
        // The examples of the libraries' pages, with the settings of a package that depends on them.
        .testTarget(
            name: "ExampleTests",
            dependencies: [
                "RecordFormat", "CommitLog", "KafkaClient", "Broker",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: [.treatAllWarnings(as: .error)]),
        // Black-box tests of the executable; the dependency is what has it built.
        .testTarget(
            name: "weirTests",
            dependencies: [
                "weir", "TestCertificates",
                // Not used: SwiftPM warns of a package of which no target needs anything.
                .product(name: "Atomics", package: "swift-atomics"),
                .product(name: "Numerics", package: "swift-numerics"),
                .product(name: "SystemPackage", package: "swift-system"),
            ], exclude: ["Clients", "Golden", "Interop"], swiftSettings: strict),
    ]
)

// What Scripts/tls-cost measures with: only where it is asked for.
if Context.environment["WEIR_TLS_COST"] != nil {
    package.targets.append(
        .executableTarget(
            name: "TLSPipe",
            dependencies: [
                "KafkaClient", "KafkaProtocol",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
            ], path: "Tests/TLSPipe", swiftSettings: [.treatAllWarnings(as: .error)]))
}

// Link with libFuzzer, which brings a `main` of its own: only where it is asked for.
if Context.environment["WEIR_FUZZ"] != nil {
    let fuzzer: [LinkerSetting] = [.unsafeFlags(["-sanitize=fuzzer"])]
    package.targets += [
        .executableTarget(
            name: "FuzzRequests", dependencies: ["KafkaProtocol"], path: "Tests/FuzzRequests",
            swiftSettings: strict, linkerSettings: fuzzer),
        .executableTarget(
            name: "FuzzParsers",
            dependencies: [
                "Broker", "CommitLog", "KafkaClient", "KafkaProtocol", "RecordFormat", "Security",
                "TestCertificates", .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ], path: "Tests/FuzzParsers", swiftSettings: strict, linkerSettings: fuzzer),
    ]
}
