import Foundation
import TestSupport
import Testing

/// What the program is made of, and what is handed on with it.
@Suite(.blocking, .timeLimit(.minutes(30))) struct SupplyChainTests {
  private struct Bill: Decodable {
    struct Package: Decodable {
      let SPDXID: String
      let name: String
      let versionInfo: String?
      let licenseConcluded: String
      let downloadLocation: String
    }

    struct Relationship: Decodable {
      let spdxElementId: String
      let relationshipType: String
      let relatedSpdxElement: String
    }

    struct Creation: Decodable { let created: String }

    let spdxVersion: String
    let dataLicense: String
    let SPDXID: String
    let documentNamespace: String
    let creationInfo: Creation
    let packages: [Package]
    let relationships: [Relationship]
  }

  private func sbom(_ folder: URL = Repository.root) throws -> Program {
    try Program(
      running: folder.appendingPathComponent("Jobs/sbom").path, ReleaseArchive.packageOptions,
      environment: ProcessInfo.processInfo.environment.merging(["LABS_VERSION": "1.2.3"]) { _, new in new })
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOf: Repository.root.appendingPathComponent(path), encoding: .utf8)
  }

  @Test("the bill of materials is whole: each package of the graph, fixed in Package.swift, with its licence")
  func bill() throws {
    let made = try sbom()
    #expect(made.status == 0, "\(made.errors)")
    let bill = try JSONDecoder().decode(Bill.self, from: Data(made.output.utf8))
    #expect(bill.spdxVersion == "SPDX-2.3" && bill.dataLicense == "CC0-1.0" && bill.SPDXID == "SPDXRef-DOCUMENT")
    #expect(bill.documentNamespace.hasPrefix("https://"))
    #expect(bill.creationInfo.created.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
    let manifest = try text("Package.swift")
    let fixed = manifest.matches(of: /url: "https:\/\/github\.com\/([^"]+)", exact: "([^"]+)"/)
    #expect(fixed.count == manifest.matches(of: /\.package\(/).count, "each version is exact")
    for package in fixed {
      let name = try #require(package.output.1.split(separator: "/").last)
      let listed = try #require(bill.packages.first { $0.name == name })
      #expect(listed.versionInfo == String(package.output.2) && listed.licenseConcluded != "NOASSERTION")
      #expect(listed.downloadLocation.contains(package.output.1))
    }
    #expect(bill.packages.first?.versionInfo == "1.2.3")
    for library in ["libpq5", "libopenblas0-pthread", "zlib1g", "swift-runtime"] {
      #expect(bill.packages.contains { $0.name == library && $0.versionInfo != nil }, "\(library)")
    }
    let identifiers = Set(bill.packages.map(\.SPDXID) + [bill.SPDXID])
    #expect(identifiers.count == bill.packages.count + 1)
    for identifier in identifiers { #expect(identifier.wholeMatch(of: /SPDXRef-[A-Za-z0-9.-]+/) != nil) }
    for relation in bill.relationships {
      #expect(identifiers.contains(relation.spdxElementId) && identifiers.contains(relation.relatedSpdxElement))
    }
    #expect(bill.relationships.filter { $0.relationshipType == "DESCRIBES" }.count == 1)
    #expect(try sbom().output == made.output, "the same sources give the same bytes")
  }

  @Test(
    "a dependency that Package.swift does not fix, one of a dependency too, is refused",
    arguments: ["swift-log", "swift-asn1"])
  func loose(package: String) throws {
    let folder = try TemporaryFolder()
    let jobs = folder.url.appendingPathComponent("Jobs")
    try FileManager.default.createDirectory(at: jobs, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: Repository.root.appendingPathComponent("Jobs/sbom"), to: jobs.appendingPathComponent("sbom"))
    // The graph of this checkout, and a manifest in which one version is open.
    let line = try #require(text("Package.swift").firstMatch(of: try Regex("/\(package)\", exact: \"([0-9.]+)\"")))
    let swift = try folder.write(
      """
      #!/bin/bash
      cd '\(Repository.root.path)' && PATH=${PATH#*:}
      swift "$@" | if [[ " $* " = *" dump-package "* ]]; then
        python3 -c 'import json, sys
      manifest = json.load(sys.stdin)
      for dependency in manifest["dependencies"]:
          for source in dependency["sourceControl"]:
              if source["identity"] == "\(package)": source["requirement"] = {"range": [{"lowerBound": "1.0.0", "upperBound": "9.0.0"}]}
      json.dump(manifest, sys.stdout)'
      else cat; fi
      """, to: "swift")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: swift)
    let environment = ProcessInfo.processInfo.environment
    let refused = try Program(
      running: jobs.appendingPathComponent("sbom").path, ReleaseArchive.packageOptions,
      environment: environment.merging(["PATH": "\(folder.url.path):\(environment["PATH"] ?? "/usr/bin:/bin")"]) {
        _, new in new
      })
    #expect(
      refused.status == 65 && refused.errors.contains(package) && refused.output == "", "\(line.0) \(refused.errors)")
  }

  @Test("a release unpacks to what the schedules start, with notices, licences and the bill of materials")
  func release() throws {
    let release = try ReleaseArchive.made.get()
    let folder = try TemporaryFolder()
    let unpacked = try Program(
      running: "/usr/bin/tar", ["-xzf", release.archive, "-C", folder.url.path], environment: ["PATH": "/usr/bin:/bin"])
    #expect(unpacked.status == 0)
    let root = folder.url.appendingPathComponent("ainfera-labs")
    #expect(release.archive.contains("/ainfera-labs-1.2.3-linux-"))
    let sum = try Program(running: "/usr/bin/sha256sum", [release.archive], environment: [:])
    #expect(sum.output.hasPrefix(release.sha256))
    let program = try Program(
      running: root.appendingPathComponent("ainfera-labs").path, ["--help"], environment: ["PATH": "/usr/bin:/bin"])
    #expect(program.status == 0)
    for path in [
      "Jobs/nightly", "Jobs/shadow", "Jobs/one-line", "Jobs/schedule/ainfera-labs.service", "LICENSE", "NOTICE",
      "Documentation/operations/runbook.md", "Fixtures/schema/07-0033-training-runs.sql",
    ] {
      #expect(FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path), "\(path)")
    }
    let bill = try Data(contentsOf: root.appendingPathComponent("sbom.spdx.json"))
    for package in try JSONDecoder().decode(Bill.self, from: bill).packages
    where package.downloadLocation.hasPrefix("git+") {
      let name = package.name.lowercased()
      #expect(try text("NOTICE").contains(package.name), "\(name)")
      let licence = try String(contentsOf: root.appendingPathComponent("Licences/\(name).txt"), encoding: .utf8)
      let known = package.licenseConcluded.hasPrefix("Apache-2.0") ? "Apache License" : "Permission is hereby granted"
      #expect(licence.contains(known), "\(name)")
    }
  }

  @Test("the image names its bases and packages by version, and carries labels, notices and licences")
  func image() throws {
    let lines = try text("Dockerfile").replacing("\\\n", with: " ").split(separator: "\n")
    let bases = lines.filter { $0.hasPrefix("FROM ") }.map { $0.split(separator: " ")[1] }
    #expect(
      bases.count == 2 && bases.allSatisfy { $0.contains(/:.*\d+\.?\d+/) && !$0.hasSuffix(":latest") }, "\(bases)")
    for line in lines where line.contains("apt-get install") {
      let packages =
        line.split(separator: "&&").first { $0.contains("apt-get install") }?.split(separator: " ")
        .drop { $0 != "--no-install-recommends" }.dropFirst() ?? []
      #expect(!packages.isEmpty && packages.allSatisfy { $0.contains("=") }, "\(line)")
    }
    let label = try #require(lines.first { $0.hasPrefix("LABEL ") })
    for name in ["title", "description", "licenses", "version", "revision"] {
      #expect(label.contains("org.opencontainers.image.\(name)="), "\(name)")
    }
    #expect(lines.contains { $0.hasPrefix("RUN Jobs/release ") }, "the image holds what a release holds")
  }
}
