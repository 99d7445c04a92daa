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
        .executable(name: "collecteur", targets: ["collecteur"]),
        .executable(name: "collecteur-session", targets: ["collecteur-session"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // The system's C libraries and the Linux calls that glibc has no wrapper for.
        .systemLibrary(name: "CLibSSH", pkgConfig: "libssh", providers: [.apt(["libssh-dev"])]),
        .systemLibrary(
            name: "CLibCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLibCrypt", pkgConfig: "libcrypt", providers: [.apt(["libcrypt-dev"])]),
        .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "CLinux"),

        // The manual as code: pure, imports nothing.
        .target(name: "Qualiopi", swiftSettings: strict),
        // SFTP version 3 messages: pure, imports nothing.
        .target(name: "SFTPCodec", swiftSettings: strict),

        .target(
            name: "LinuxSystem",
            dependencies: ["CLinux", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: strict),
        // Numbers, bytes and texts to messages and back: pure, imports nothing.
        .target(name: "WireCodec", swiftSettings: strict),
        .target(
            name: "SessionProtocol", dependencies: ["LinuxSystem", "SFTPCodec", "WireCodec"],
            swiftSettings: strict),
        // What the portal asks the daemon: pure.
        .target(name: "PortalProtocol", dependencies: ["WireCodec"], swiftSettings: strict),

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
        .target(
            name: "Daemon",
            dependencies: [
                "CLibCrypt", "CLibCrypto", "CLibCurl", "LinuxSystem", "Qualiopi", "SFTPCodec",
                "SessionProtocol", "Store",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "collecteur",
            dependencies: [
                "Daemon", "LinuxSystem", "Qualiopi", "Store",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),

        // Times the engine alone.
        .executableTarget(
            name: "engine-bench", dependencies: ["Qualiopi"], path: "Benchmarks/EngineBench", swiftSettings: strict),

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
            name: "SessionProtocolTests", dependencies: ["SessionProtocol", "LinuxSystem", "SFTPCodec", "WireCodec"],
            swiftSettings: strict),
        .testTarget(
            name: "PortalProtocolTests", dependencies: ["LinuxSystem", "PortalProtocol", "WireCodec"],
            swiftSettings: strict),
        .testTarget(
            name: "StoreTests",
            dependencies: ["Store", "Qualiopi", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict),
        .testTarget(
            name: "DaemonTests",
            dependencies: [
                "Daemon", "Store", "Qualiopi", "LinuxSystem", "SFTPCodec", "SessionProtocol",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "CommandTests", dependencies: ["collecteur", "collecteur-session"],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests", dependencies: ["collecteur", "collecteur-session"],
            swiftSettings: strict),
    ]
)

// libFuzzer brings its own `main` and needs instrumented code: `make fuzz` sets this and builds in a folder of its own.
if Context.environment["COLLECTEUR_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzz", dependencies: ["PortalProtocol", "Qualiopi", "SFTPCodec", "SessionProtocol"],
            path: "Tests/Fuzz",
            exclude: ["Seeds", "codecs.dict", "engine.dict"],
            swiftSettings: strict))
}
