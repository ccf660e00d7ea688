import Foundation
import TestSupport
import Testing
import Yams

/// The examples for Kubernetes and GitHub, run as far as that is possible without either.
@Suite(.blocking, .timeLimit(.minutes(30))) struct DeploymentTests {
  private typealias Object = [String: Any]

  private func object(_ value: Any?, _ path: String...) throws -> Object {
    try #require(path.reduce(value) { ($0 as? Object)?[$1] } as? Object, "\(path.joined(separator: "."))")
  }

  private func list(_ value: Any?, _ key: String) throws -> [Object] {
    try #require((value as? Object)?[key] as? [Object], "\(key)")
  }

  /// The objects of the manifest by kind.
  private func manifest() throws -> [String: Object] {
    let all = try Yams.load_all(yaml: InstalledRelease.schedule("kubernetes.yaml")).compactMap { $0 as? Object }
    return Dictionary(uniqueKeysWithValues: all.map { ($0["kind"] as? String ?? "", $0) })
  }

  @Test("the CronJob keeps artifacts on a claim, names exact images, and tries again only what may succeed")
  func manifestIsSound() throws {
    let objects = try manifest()
    let claim = try object(objects["PersistentVolumeClaim"], "metadata")["name"] as? String
    let job = try object(objects["CronJob"], "spec", "jobTemplate", "spec")
    let pod = try object(job, "template", "spec")
    let metrics = try object(objects["Deployment"], "spec", "template", "spec")
    #expect(pod["restartPolicy"] as? String == "Never", "a failure policy needs it")
    for spec in [pod, metrics] {
      let claims = try list(spec, "volumes").compactMap { $0["persistentVolumeClaim"] as? Object }
      #expect(claims.map { $0["claimName"] as? String } == [claim])
      for container in try list(spec, "containers") {
        let image = try #require(container["image"] as? String)
        #expect(image.contains(/:v?\d+\.\d+\.\d+$/), "\(image)")
        let mounted = try list(container, "volumeMounts").compactMap { $0["name"] as? String }
        #expect(try Set(mounted) == Set(list(spec, "volumes").compactMap { $0["name"] as? String }))
        let context = try object(container, "securityContext")
        #expect(context["readOnlyRootFilesystem"] as? Bool == true)
      }
    }
    let rules = try list(object(job, "podFailurePolicy"), "rules")
    let fatal = try #require(rules.first { $0["action"] as? String == "FailJob" })
    let codes = try object(fatal, "onExitCodes")
    #expect(codes["values"] as? [Int] == [2, 64, 65, 70, 74, 76, 77, 78] && codes["operator"] as? String == "In")
    #expect(try list(pod, "containers").map { $0["name"] as? String } == [codes["containerName"] as? String])
    // The pod that serves the metrics is where the run's affinity looks for it.
    let affinity = try list(
      object(pod, "affinity", "podAffinity"), "requiredDuringSchedulingIgnoredDuringExecution")
    let wanted = try object(affinity.first, "labelSelector", "matchLabels") as? [String: String]
    #expect(try object(objects["Deployment"], "spec", "template", "metadata", "labels") as? [String: String] == wanted)
  }

  @Test("the container's command promotes over TLS, and node_exporter's reads its metrics")
  func container() throws {
    let server = try TLSServer()
    try server.loadOutcomes()
    let release = try InstalledRelease()
    func placed(_ text: String) -> String {
      server.address(release.placed(text), root: "/secret/root.pem").replacing(
        "/state/", with: release.state.url.path + "/")
    }
    let objects = try manifest()
    let pod = try object(objects["CronJob"], "spec", "jobTemplate", "spec", "template", "spec")
    let container = try #require(list(pod, "containers").first)
    var environment = ["PATH": "/usr/local/bin:/usr/bin:/bin"]
    for variable in try list(container, "env") {
      let name = try #require(variable["name"] as? String)
      // What has no value comes from the secret.
      environment[name] = (variable["value"] as? String).map(placed) ?? "planted-password"
    }
    let command = try #require(container["command"] as? [String]).map(placed)
    let arguments = try #require(container["args"] as? [String])
    #expect(environment["PGPASSWORD"] == "planted-password" && arguments.allSatisfy { !$0.contains("/") })
    let run = try Program(running: command[0], Array(command.dropFirst()) + arguments, environment: environment)
    #expect(run.status == 0 && run.output.hasPrefix("PROMOTE") && run.errors == "", "\(run.errors)")
    #expect(!(run.output + run.errors).contains("planted"))
    let exporter = try #require(list(object(objects["Deployment"], "spec", "template", "spec"), "containers").first)
    let folder = try #require(
      (exporter["args"] as? [String])?.compactMap { $0.wholeMatch(of: /--collector.textfile.directory=(.+)/) }.first)
    #expect(try NodeExporter.metrics(of: placed(String(folder.output.1) + "/")).contains("ainfera_labs_promoted"))
  }

  /// The workflow's values of `${{ … }}`.
  private func filled(_ text: String, _ values: [String: String]) -> String {
    text.replacing(/\$\{\{ *([a-zA-Z_.]+)( *\|\| *'([^']*)')? *\}\}/) { match in
      values[String(match.output.1)] ?? match.output.3.map(String.init) ?? ""
    }
  }

  @Test("the workflow runs a released program that it verified, keeps the artifacts, and leaves no credential")
  func workflow() throws {
    let server = try TLSServer()
    try server.loadOutcomes()
    let folder = try TemporaryFolder()
    let work = folder.url.appendingPathComponent("work")
    try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
    let release = try ReleaseArchive.made.get()
    let kept = folder.url.appendingPathComponent("owner/kept").path
    let git = try Program(
      running: "/usr/bin/git", ["init", "--quiet", "--bare", kept], environment: ["PATH": "/usr/bin:/bin"])
    #expect(git.status == 0)
    // The runner's libraries are this machine's.
    let sudo = try folder.write("#!/bin/sh\necho \"$@\" >>\"$(dirname \"$0\")/asked\"\n", to: "sudo")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: sudo)

    let text = try InstalledRelease.schedule("github-actions.yaml")
    let workflow = try #require(Yams.load(yaml: text) as? Object)
    #expect(!text.contains("uses:") && (workflow["permissions"] as? Object)?.isEmpty == true)
    #expect(try object(workflow, "concurrency")["cancel-in-progress"] as? Bool == false)
    let certificate = try String(contentsOfFile: "\(server.folder)/authority.pem", encoding: .utf8)
    let values = [
      "secrets.LABS_DATABASE_PASSWORD": "planted-password", "secrets.LABS_ARTIFACTS_TOKEN": "planted-token",
      "vars.LABS_ROOT_CERTIFICATE": certificate, "vars.LABS_ARTIFACTS_REPOSITORY": "owner/kept",
    ]
    let common = try #require(workflow["env"] as? [String: String])
    #expect(common["LABS_RELEASE"]?.hasPrefix("https://") == true)
    /// Runs the steps as a runner does; the first that fails ends it, but for those that always run.
    func run(_ own: [String: String]) throws -> [(name: String, program: Program)] {
      var done: [(name: String, program: Program)] = []
      for step in try list(object(workflow, "jobs", "train"), "steps") {
        guard done.allSatisfy({ $0.program.status == 0 }) || step["if"] as? String == "always()" else { continue }
        var environment = own.merging(["PATH": "\(folder.url.path):/usr/bin:/bin", "HOME": folder.url.path]) { a, _ in a
        }
        for (name, value) in step["env"] as? [String: String] ?? [:] {
          environment[name] =
            server.address(filled(value, values), root: "root.pem")
            .replacing("sslrootcert=\(server.folder)/authority.pem", with: "sslrootcert=root.pem")
            .replacing("https://github.com/owner/", with: "file://\(folder.url.path)/owner/")
        }
        let script = try folder.write(try #require(step["run"] as? String), to: "step")
        let program = try Program(
          running: "/usr/bin/env", ["--chdir=\(work.path)", "bash", "-e", script], environment: environment)
        done.append((step["name"] as? String ?? "", program))
      }
      return done
    }
    let archive = "file://\(release.archive)"
    let forged = try run(["LABS_RELEASE": archive, "LABS_RELEASE_SHA256": String(repeating: "0", count: 64)])
    #expect(forged.map(\.name) == ["Libraries", "Program", "Keep the artifacts"] && forged[1].program.status != 0)
    #expect(!FileManager.default.fileExists(atPath: work.appendingPathComponent("ainfera-labs").path))
    let steps = try run(["LABS_RELEASE": archive, "LABS_RELEASE_SHA256": release.sha256])
    #expect(steps.map(\.program.status) == [0, 0, 0, 0], "\(steps.map(\.program.errors))")
    #expect(steps.contains { $0.program.output.hasPrefix("PROMOTE") })
    let log = try Program(
      running: "/usr/bin/git", ["-C", kept, "ls-tree", "--name-only", "HEAD"], environment: ["PATH": "/usr/bin:/bin"])
    #expect(log.output.contains(/^1\.0\.1\+[0-9a-f]{8}\.json\n$/), "\(log.output)\(log.errors)")
    let traces = try Program(
      running: "/usr/bin/grep",
      ["--recursive", "--files-with-matches", "--extended-regexp", "planted-(password|token)", work.path, kept],
      environment: ["PATH": "/usr/bin:/bin"])
    #expect(traces.status == 1 && traces.output == "", "\(traces.output)")
    #expect(steps.allSatisfy { !($0.program.output + $0.program.errors).contains("planted") })
  }
}
