import Measurement
import RecordFormat

extension EnvironmentSnapshot {
    /// Of this process, with the versions of the libraries that it has loaded.
    /// - Parameter dataDirectory: where the log is kept.
    static func ofThisProgram(dataDirectory: String) -> EnvironmentSnapshot {
        var versions = CompressionCodec.libraryVersions
        versions["snappy"] = LoadedLibrary.version(of: "libsnappy")
        return take(
            dataDirectory: dataDirectory, weirVersion: Weir.version, codecVersions: versions)
    }
}
