import SettingKeys

/// A profile that is part of the program, so that `weir run quickstart` works in any folder.
public struct ShippedProfile: Sendable {
    /// As the file in `Profiles` is called, without its extension.
    public let name: String
    /// YAML, with its comments.
    public let text: String

    /// Sorted by name.
    public static let all: [ShippedProfile] = [
        ("backlog", PackageResources.backlog_yaml),
        ("batching", PackageResources.batching_yaml),
        ("compression", PackageResources.compression_yaml),
        ("durability", PackageResources.durability_yaml),
        ("fan-out", PackageResources.fan_out_yaml),
        ("latency", PackageResources.latency_yaml),
        ("many-partitions", PackageResources.many_partitions_yaml),
        ("orders", PackageResources.orders_yaml),
        ("quickstart", PackageResources.quickstart_yaml),
        ("signups", PackageResources.signups_yaml),
        ("soak", PackageResources.soak_yaml),
        ("throughput-100b", PackageResources.throughput_100b_yaml),
        ("throughput-1kb", PackageResources.throughput_1kb_yaml),
    ].map { ShippedProfile(name: $0.0, text: String(decoding: $0.1, as: UTF8.self)) }

    static func named(_ name: String) -> ShippedProfile? { all.first { $0.name == name } }

    /// What a path that names no file may have meant: "; the profile x is in the program: weir run x".
    static func hint(for path: String) -> String {
        let name = Profile.name(ofFile: path)
        guard let nearest = NearestName.of(name, among: all.map(\.name)) else {
            return path.contains("/")
                ? "; name the file of a profile" : "; 'weir profiles' lists those that Weir has"
        }
        return "; did you mean '\(nearest)', which Weir has?"
    }
}
