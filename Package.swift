// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "collecteur",
    products: [
        .executable(name: "collecteur-session", targets: ["collecteur-session"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // The system's C libraries and the Linux calls that glibc has no wrapper for.
        .systemLibrary(name: "CLibSSH", pkgConfig: "libssh", providers: [.apt(["libssh-dev"])]),
        .target(name: "CLinux"),

        // The manual as code: pure, imports nothing.
        .target(name: "Qualiopi", swiftSettings: strict),
        // SFTP version 3 messages: pure, imports nothing.
        .target(name: "SFTPCodec", swiftSettings: strict),

        .target(
            name: "LinuxSystem",
            dependencies: ["CLinux", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: strict),
        .target(
            name: "SessionProtocol", dependencies: ["LinuxSystem", "SFTPCodec"],
            swiftSettings: strict),

        // The session program: libssh, no Foundation.
        .target(
            name: "SFTPSession",
            dependencies: ["CLibSSH", "LinuxSystem", "SFTPCodec", "SessionProtocol"],
            swiftSettings: strict),
        .executableTarget(
            name: "collecteur-session", dependencies: ["SFTPSession"], swiftSettings: strict),

        // The daemon and its commands.
        .target(
            name: "Store",
            dependencies: ["Qualiopi", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict),
        .testTarget(name: "QualiopiTests", dependencies: ["Qualiopi"], swiftSettings: strict),
        .testTarget(name: "SFTPCodecTests", dependencies: ["SFTPCodec"], swiftSettings: strict),
        // Makes forbidden calls in a confined process, for the tests of the sandbox.
        .executableTarget(
            name: "sandbox-probe",
            dependencies: ["CLinux", "LinuxSystem", .product(name: "SystemPackage", package: "swift-system")],
            path: "Tests/SandboxProbe", swiftSettings: strict),
        .testTarget(
            name: "LinuxSystemTests",
            dependencies: [
                "LinuxSystem", "sandbox-probe", .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SessionProtocolTests", dependencies: ["SessionProtocol", "LinuxSystem", "SFTPCodec"],
            swiftSettings: strict),
        .testTarget(
            name: "StoreTests",
            dependencies: ["Store", "Qualiopi", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict),
    ]
)
