// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "ainfera-labs",
  products: [
    .executable(name: "ainfera-labs", targets: ["ainfera-labs"]),
    .executable(name: "calibrate", targets: ["calibrate"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    // A dependency of swift-crypto, named here so that its version is fixed too.
    .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
  ],
  targets: [
    .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "Compression", dependencies: ["CZlib"]),
    .target(name: "LinearAlgebra", dependencies: ["COpenBLAS"]),
    .target(name: "Postgres", dependencies: ["CLibPQ", .product(name: "Logging", package: "swift-log")]),
    .target(name: "Outcomes"),
    .target(name: "LinUCB", dependencies: ["LinearAlgebra", "Outcomes"]),
    .target(
      name: "Policies",
      dependencies: [
        "Compression", "LinUCB", "Outcomes", .product(name: "Crypto", package: "swift-crypto"),
        // Never linked: a package that no target names is a warning.
        .product(name: "SwiftASN1", package: "swift-asn1", condition: .when(platforms: [.windows])),
      ]),
    .target(name: "Replay", dependencies: ["Policies", "Outcomes"]),
    .target(
      name: "Gateway",
      dependencies: [
        "Compression", "Postgres", "Outcomes", "Policies", "Replay", .product(name: "Logging", package: "swift-log"),
      ]),
    .target(name: "Simulation", dependencies: ["Outcomes", "Policies"]),
    .target(name: "Reports", dependencies: ["Outcomes", "Policies", "Replay", "Simulation"]),
    .target(
      name: "Worker",
      dependencies: [
        "Gateway", "LinUCB", "LinearAlgebra", "Outcomes", "Policies", "Postgres", "Replay", "Reports", "Simulation",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Yams", package: "Yams"),
      ]),
    .target(
      name: "Research",
      dependencies: [
        "LinUCB", "Outcomes", "Policies", "Replay", "Reports", "Simulation", "Worker",
        .product(name: "Yams", package: "Yams"),
      ]),
    .executableTarget(
      name: "ainfera-labs",
      dependencies: [
        "Worker", "Research", "Simulation", "Outcomes", "Policies", "Reports", "Gateway", "Postgres",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    .executableTarget(
      name: "calibrate",
      dependencies: [
        "Worker", "Research", "Simulation", "Outcomes", "Policies", "Replay", "Reports", "LinUCB",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(name: "TestSupport", dependencies: ["Postgres"], path: "Tests/TestSupport"),
    .testTarget(name: "CompressionTests", dependencies: ["Compression"]),
    .testTarget(name: "LinearAlgebraTests", dependencies: ["LinearAlgebra"]),
    .testTarget(name: "PostgresTests", dependencies: ["Postgres", "TestSupport"]),
    .testTarget(name: "OutcomesTests", dependencies: ["Outcomes", "TestSupport"]),
    .testTarget(name: "LinUCBTests", dependencies: ["LinUCB", "LinearAlgebra", "Outcomes", "TestSupport"]),
    .testTarget(name: "PoliciesTests", dependencies: ["Policies", "LinUCB", "Outcomes", "TestSupport"]),
    .testTarget(name: "ReplayTests", dependencies: ["Replay", "Policies", "LinUCB", "Outcomes", "TestSupport"]),
    .testTarget(
      name: "GatewayTests",
      dependencies: [
        "Gateway", "Postgres", "Outcomes", "Policies", "TestSupport", .product(name: "Logging", package: "swift-log"),
      ]),
    .testTarget(name: "SimulationTests", dependencies: ["Simulation", "Outcomes", "Policies", "TestSupport"]),
    .testTarget(
      name: "WorkerTests",
      dependencies: ["Worker", "Outcomes", "Policies", "Replay", "Reports", "Simulation", "TestSupport"]),
    .testTarget(name: "ResearchTests", dependencies: ["Research", "Outcomes"]),
    .testTarget(
      name: "Acceptance",
      dependencies: [
        "ainfera-labs", "Postgres", "TestSupport", .product(name: "Logging", package: "swift-log"),
        .product(name: "Yams", package: "Yams"),
      ], path: "Tests/Acceptance",
      exclude: ["tls-server", "restarting-server", "pooled", "under-systemd", "under-filter"]),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
  ]
}
