extension Profile {
    /// How a profile is compared and judged. A resolved profile that has none of it leaves it out.
    static let comparisonSettings: [Setting<Profile>] = [
        Setting(
            ["sweep"], orNull: \.sweep, .sweep,
            "What weir compare varies: settings by the names that --set takes, whose product it "
                + "runs, or variants one by one.", defaultNote: "null: there is one variant",
            isOmittedAtDefault: true),
        Setting(
            ["baseline"], orNull: \.baseline, .text,
            "The variant that weir compare measures the others by.",
            defaultNote: "null: the first variant", isOmittedAtDefault: true),
        Setting(
            ["repetitions"], \.repetitions, .count.limited(to: 1...1000),
            "How often weir compare runs each variant.", isOmittedAtDefault: true),
        Setting(
            ["thresholds"], \.thresholds, .thresholds,
            "What a run must keep to, or its exit status is 99. With abort: true a run is ended as "
                + "soon as it fails, but not in the warm-up and not before the measured part has "
                + "lasted as long as after says.", isOmittedAtDefault: true),
    ]
}
