internal import CLZ4
internal import CZlib
internal import CZstd

extension CompressionCodec {
    /// The versions of the system's codec libraries that are in use, by the libraries' names.
    /// libsnappy does not report its version.
    public static var libraryVersions: [String: String] {
        unsafe [
            "zlib": String(cString: zlibVersion()),
            "lz4": String(cString: LZ4_versionString()),
            "zstd": String(cString: ZSTD_versionString()),
        ]
    }
}
