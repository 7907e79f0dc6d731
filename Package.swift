// swift-tools-version: 6.2
import PackageDescription

#if canImport(Glibc)
  import Glibc
#endif

/// The instruction set that the numerics kernels are compiled for: the host's own, unless TLX_MARCH names
/// another (for a binary that is to run elsewhere: `TLX_MARCH=x86-64-v2 swift build -c release`).
func baseline() -> String {
  guard let value = getenv("TLX_MARCH") else { return "native" }
  return String(cString: value)
}

let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error)
]

/// Modules whose inner loops decide speed: optimised in debug builds as well, so that tests stay quick.
let hot: [SwiftSetting] =
  strict + [
    .unsafeFlags(["-Xcc", "-march=\(baseline())"]),
    .unsafeFlags(["-O"], .when(configuration: .debug)),
  ]

/// The front end is small and is fed hundreds of thousands of texts by `Scripts/fuzz`.
let quick: [SwiftSetting] = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// The machine's loop is one large switch. This asks for a jump of its own from each instruction to the next, which a
/// processor foresees better than one that all share (the compiler may decline: it still shares one), and for ends that
/// look alike not to be joined. Exclusive access is checked in debug builds, where the tests run.
let dispatch: [SwiftSetting] = [
  .unsafeFlags(
    [
      "-Xllvm", "-tail-dup-pred-size=1000", "-Xllvm", "-tail-dup-succ-size=1000", "-Xllvm",
      "-enable-tail-merge=0",
      "-enforce-exclusivity=unchecked",
    ], .when(configuration: .release))
]

/// The C libraries besides the C library itself go into the program, where their archives are installed: each shared one
/// costs a start a good part of a millisecond.
func archived(_ names: String...) -> [LinkerSetting] {
  let folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"]
  let isThere = folders.contains { folder in names.allSatisfy { access("\(folder)/lib\($0).a", R_OK) == 0 } }
  return isThere ? names.map { .linkedLibrary(":lib\($0).a") } : [.linkedLibrary(names[0])]
}

/// A program at a fixed address starts a millisecond sooner than one whose 40,000 pointers are relocated first.
let fixedAddress: LinkerSetting = .unsafeFlags(
  ["-Xlinker", "-no-pie", "-Xclang-linker", "-no-pie"], .when(configuration: .release))

let package = Package(
  name: "tlx",
  products: [.executable(name: "tlx", targets: ["tlx"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/attaswift/BigInt", from: "6.0.1"),
  ],
  targets: [
    // C: what Swift cannot call by itself.
    .target(name: "CBlas", linkerSettings: [.linkedLibrary("dl"), .linkedLibrary("pthread")]),
    .target(name: "CVectors"),
    .target(name: "CLineEdit", linkerSettings: archived("edit", "bsd", "md", "tinfo")),
    .target(name: "CZlib", linkerSettings: archived("z")),
    .target(name: "CMarkdown", linkerSettings: archived("cmark-gfm-extensions", "cmark-gfm")),

    // The language's front end.
    .target(name: "TLXSource", swiftSettings: quick),
    .target(name: "TLXSyntax", dependencies: ["TLXSource"], swiftSettings: quick),

    // The numerics core and what is built on it.
    .target(name: "TLXNumerics", dependencies: ["CBlas", "CVectors"], swiftSettings: hot),
    .target(name: "TLXLearning", dependencies: ["TLXNumerics", "CZlib"], swiftSettings: hot),
    .target(name: "TLXTransfer", dependencies: ["TLXLearning", "TLXNumerics"], swiftSettings: hot),
    .target(name: "TLXUpdate", dependencies: ["TLXLearning", "TLXNumerics"], swiftSettings: hot),
    .target(
      name: "TLXMarkov",
      dependencies: [
        "TLXLearning", "TLXNumerics", .product(name: "BigInt", package: "BigInt"),
      ],
      swiftSettings: hot),
    .target(name: "TLXDialogue", dependencies: ["TLXLearning", "TLXNumerics"], swiftSettings: hot),
    .target(name: "TLXFigures", dependencies: ["TLXSource"], swiftSettings: hot),

    // The machine, the built-ins, the program.
    .target(
      name: "TLXRuntime", dependencies: ["TLXSource", "TLXSyntax", "TLXNumerics"],
      swiftSettings: hot + dispatch),
    .target(
      name: "TLXBuiltins",
      dependencies: [
        "TLXRuntime", "TLXSource", "TLXSyntax", "TLXNumerics", "TLXLearning", "TLXTransfer",
        "TLXUpdate", "TLXMarkov", "TLXDialogue", "TLXFigures",
      ],
      swiftSettings: strict),
    .target(
      name: "TLXNotebook",
      dependencies: [
        "TLXRuntime", "TLXSyntax", "TLXSource", "TLXNumerics", "TLXLearning", "TLXFigures", "CMarkdown",
      ],
      swiftSettings: strict),
    .target(
      name: "TLXPrompt",
      dependencies: [
        "TLXBuiltins", "TLXNotebook", "TLXRuntime", "TLXSyntax", "TLXSource", "TLXFigures", "TLXLearning",
        "TLXNumerics", "CLineEdit",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "tlx", dependencies: ["TLXPrompt"], swiftSettings: strict, linkerSettings: [fixedAddress]),

    .testTarget(
      name: "TLXSyntaxTests", dependencies: ["TLXSource", "TLXSyntax"], exclude: ["Fixtures", "Goldens"],
      swiftSettings: strict),
    .testTarget(
      name: "TLXGoldenTests", dependencies: ["TLXBuiltins", "TLXRuntime", "TLXSource", "TLXSyntax"],
      swiftSettings: strict),
    .testTarget(name: "TLXNumericsTests", dependencies: ["TLXNumerics"], swiftSettings: strict),
    .testTarget(
      name: "TLXBuiltinsTests",
      dependencies: ["TLXBuiltins", "TLXRuntime", "TLXSyntax", "TLXSource", "TLXNumerics"],
      swiftSettings: strict),
    .testTarget(
      name: "TLXLearningTests", dependencies: ["TLXLearning", "TLXNumerics"],
      exclude: ["Fixtures", "DataFixtures"],
      swiftSettings: strict),
    .testTarget(
      name: "TLXTransferTests", dependencies: ["TLXTransfer", "TLXNumerics"], exclude: ["Fixtures"],
      swiftSettings: strict),
    .testTarget(
      name: "TLXUpdateTests", dependencies: ["TLXUpdate", "TLXLearning", "TLXNumerics"],
      exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(
      name: "TLXDialogueTests", dependencies: ["TLXDialogue", "TLXMarkov", "TLXLearning", "TLXNumerics"],
      swiftSettings: strict),
    .testTarget(
      name: "TLXMarkovTests", dependencies: ["TLXMarkov", "TLXLearning", "TLXNumerics"],
      exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(
      name: "TLXRuntimeTests", dependencies: ["TLXRuntime", "TLXNumerics", "TLXSource", "TLXSyntax"],
      exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(
      name: "TLXFiguresTests", dependencies: ["TLXFigures"], exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(
      name: "TLXNotebookTests",
      dependencies: ["TLXNotebook", "TLXBuiltins", "TLXRuntime", "TLXSource", "TLXSyntax", "TLXLearning"],
      swiftSettings: strict),
    .testTarget(
      name: "TLXPromptTests",
      dependencies: [
        "TLXPrompt", "TLXBuiltins", "TLXLearning", "TLXRuntime", "TLXSource", "TLXSyntax",
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
