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
    targets: [
        // The manual as code: pure, imports nothing.
        .target(name: "Qualiopi", swiftSettings: strict),
        // SFTP version 3 messages: pure, imports nothing.
        .target(name: "SFTPCodec", swiftSettings: strict),

        .testTarget(name: "QualiopiTests", dependencies: ["Qualiopi"], swiftSettings: strict),
        .testTarget(name: "SFTPCodecTests", dependencies: ["SFTPCodec"], swiftSettings: strict),
    ]
)
