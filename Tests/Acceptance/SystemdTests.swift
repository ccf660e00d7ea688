import Foundation
import TestSupport
import Testing

/// The units, under systemd's own filter everywhere and under systemd itself where this account may start it.
@Suite(.blocking, .timeLimit(.minutes(30))) struct SystemdTests {
  private static let helper = Repository.root.appendingPathComponent("Tests/Acceptance/under-systemd").path
  private static let path = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
  /// Namespaces need root.
  private static let canBoot = (try? Program(running: helper, ["--try"], environment: path).status) == 0

  @Test("systemd takes the units, and finds the service little exposed")
  func units() throws {
    let analyze = "/usr/bin/systemd-analyze"
    let folder = try TemporaryFolder()
    let installed = try InstalledRelease.schedule("ainfera-labs.service")
      .replacing("/opt/ainfera-labs/Jobs/nightly", with: "/bin/true")
    let paths = [
      try folder.write(installed, to: "ainfera-labs.service"),
      try folder.write(InstalledRelease.schedule("ainfera-labs.timer"), to: "ainfera-labs.timer"),
    ]
    let verified = try Program(running: analyze, ["verify"] + paths, environment: SystemdTests.path)
    #expect(verified.status == 0 && !verified.errors.contains("ainfera-labs"), "\(verified.errors)")
    let secure = try Program(
      running: analyze, ["security", "--offline=yes", "--threshold=20", paths[0]], environment: SystemdTests.path)
    #expect(secure.status == 0, "\(secure.output.suffix(200))")
  }

  @Test("the program and its hook make no call that the unit's filter forbids, and the filter does forbid")
  func filter() throws {
    let night = try Night()
    let folder = try TemporaryFolder()
    let unit = try InstalledRelease.schedule("ainfera-labs.service")
    let without = unit.split(separator: "\n").filter { !$0.contains("mbind") }.joined(separator: "\n")
    func run(_ unit: String) throws -> Program {
      try Program(
        running: Repository.root.appendingPathComponent("Tests/Acceptance/under-filter").path,
        [
          try folder.write(unit, to: "unit"), Repository.program.path, "train", "--cadence", "daily",
          "--metrics-file", folder.url.appendingPathComponent("labs.prom").path,
          "--on-result", "cat >'\(folder.url.path)/result.json'; date | sort >&2",
        ],
        environment: [
          "PATH": "/usr/bin:/bin", "PGHOST": night.server.socket, "PGDATABASE": night.database,
          "PGUSER": "ainfera_labs",
        ])
    }
    let allowed = try run(unit)
    #expect(allowed.status == 0 && allowed.output.hasPrefix("PROMOTE"), "\(allowed.errors)")
    #expect(!allowed.errors.contains("--on-result"), "\(allowed.errors)")
    #expect(FileManager.default.fileExists(atPath: folder.url.appendingPathComponent("result.json").path))
    #expect(try run(without).status == SIGSYS)
  }

  /// Boots systemd with the units installed as they say, and runs a script there.
  /// - Returns: what the script printed, and what the services did.
  private func boot(_ script: String, server: TLSServer, folder: TemporaryFolder) throws -> (
    script: String, service: String
  ) {
    let files = FileManager.default
    let root = folder.url
    for name in [
      "etc/systemd/labs/ainfera-labs.service.d", "etc/sysusers.d", "etc/ainfera-labs", "etc/ssl/certs", "lib",
    ] {
      try files.createDirectory(at: root.appendingPathComponent(name), withIntermediateDirectories: true)
    }
    try files.createDirectory(at: root.appendingPathComponent("opt"), withIntermediateDirectories: true)
    try files.copyItem(
      at: Repository.root.appendingPathComponent("Jobs"), to: root.appendingPathComponent("opt/Jobs"))
    let service = try InstalledRelease.schedule("ainfera-labs.service")
    _ = try folder.write(service, to: "etc/systemd/labs/ainfera-labs.service")
    _ = try folder.write(InstalledRelease.schedule("ainfera-labs.timer"), to: "etc/systemd/labs/ainfera-labs.timer")
    _ = try folder.write(InstalledRelease.schedule("ainfera-labs.sysusers"), to: "etc/sysusers.d/ainfera-labs.conf")
    // The address that the unit's comment gives, with the authority where it says.
    let example = try #require(service.firstMatch(of: /# (LABS_DATABASE_URL=.+)/)).output.1
    let address = example.replacing("db.example.com:5432/gateway", with: "localhost:\(server.port)/postgres")
    #expect(address.hasSuffix("sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt"))
    try files.copyItem(
      atPath: "\(server.folder)/authority.pem",
      toPath: root.appendingPathComponent("etc/ssl/certs/ca-certificates.crt").path)
    for (name, text) in [("environment", "\(address)\n"), ("pgpass", "*:*:*:ainfera_labs:planted-password\n")] {
      let path = try folder.write(text, to: "etc/ainfera-labs/\(name)")
      try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }
    _ = try folder.write(
      """
      [Service]
      StandardOutput=append:\(root.path)/printed
      StandardError=append:\(root.path)/printed
      RestartSec=50ms
      # A call that the filter forbids must not pass for one that failed.
      SystemCallErrorNumber=kill
      """, to: "etc/systemd/labs/ainfera-labs.service.d/test.conf")
    _ = try folder.write(
      """
      set -u
      systemd-sysusers /etc/sysusers.d/ainfera-labs.conf 2>/dev/null
      # Waits until the service is at rest, and prints how it ended.
      ended() {
        while [ "$(systemctl show --property=ActiveState --value ainfera-labs)" = activating ]; do sleep 0.1; done
        echo "$1: $(systemctl show --property=ActiveState,Result --value ainfera-labs | sort | tr '\\n' ' ')"
      }
      \(script)
      """, to: "drive")
    for name in ["output", "printed"] { _ = try folder.write("", to: name) }
    let booted = try Program(
      running: SystemdTests.helper, [root.path, Repository.program.path], environment: SystemdTests.path)
    #expect(booted.status == 0, "\(booted.errors)")
    return (
      try String(contentsOf: root.appendingPathComponent("output"), encoding: .utf8),
      try String(contentsOf: root.appendingPathComponent("printed"), encoding: .utf8)
    )
  }

  @Test(
    "under systemd two nights run, with the password as a credential, and node_exporter reads the metrics",
    .enabled(if: canBoot, "root, systemd and a hierarchy of control groups are needed"))
  func nights() throws {
    let server = try TLSServer()
    try server.loadOutcomes()
    let folder = try TemporaryFolder()
    let (script, service) = try boot(
      """
      systemctl start ainfera-labs.timer && systemctl is-active ainfera-labs.timer
      systemctl start ainfera-labs; ended first
      cat >/etc/systemd/labs/ainfera-labs.service.d/zz.conf <<'UNIT'
      [Service]
      ExecStart=
      ExecStart=/opt/ainfera-labs/Jobs/nightly --on-result 'cat >/var/lib/ainfera-labs/result.json; date | sort >&2'
      UNIT
      systemctl daemon-reload
      systemctl start ainfera-labs; ended second
      stat --format='%U %a %n' /var/lib/ainfera-labs /var/lib/ainfera-labs/artifacts /var/lib/ainfera-labs/*.prom
      setpriv --reuid=nobody --regid=nogroup --clear-groups ls /var/lib/ainfera-labs/artifacts
      printf '[Service]\\nSystemCallFilter=\\nSystemCallFilter=@system-service\\nSystemCallFilter=~@privileged @resources\\n' \
        >/etc/systemd/labs/ainfera-labs.service.d/zz.conf
      systemctl daemon-reload
      systemctl start ainfera-labs; ended narrow
      """, server: server, folder: folder)
    let lines = script.split(separator: "\n").map(String.init)
    #expect(lines.contains("active"))
    #expect(
      lines.contains("first: inactive success ") && lines.contains("second: inactive success "), "\(script)\(service)")
    #expect(service.contains("PROMOTE") && service.contains("HOLD") && !service.contains("--on-result"), "\(service)")
    #expect(lines.contains("ainfera-labs 755 /var/lib/ainfera-labs"))
    #expect(lines.contains("ainfera-labs 700 /var/lib/ainfera-labs/artifacts"))
    #expect(lines.contains("ainfera-labs 644 /var/lib/ainfera-labs/ainfera-labs.prom"))
    #expect(script.contains("Permission denied"), "artifacts name tenants")
    #expect(lines.contains("narrow: failed signal "), "without its own calls the program is killed, once")
    let state = folder.url.appendingPathComponent("lib/ainfera-labs").path
    #expect(FileManager.default.fileExists(atPath: "\(state)/result.json"))
    #expect(try NodeExporter.metrics(of: state).contains("ainfera_labs_last_exit_status{cadence=\"daily\"} 0"))
    #expect(!(script + service).contains("planted"))
  }

  @Test(
    "systemd tries again what may succeed, four times in all, and nothing else",
    .enabled(if: canBoot, "root, systemd and a hierarchy of control groups are needed"))
  func restarts() throws {
    let folder = try TemporaryFolder()
    let (script, _) = try boot(
      """
      mkdir /var/lib/ainfera-labs
      cat >/opt/ainfera-labs/ends <<'PROGRAM'
      #!/bin/sh
      echo started >>/var/lib/ainfera-labs/starts
      exit $(cat /var/lib/ainfera-labs/status)
      PROGRAM
      chmod 755 /opt/ainfera-labs/ends
      printf '[Service]\\nEnvironment=LABS_BINARY=/opt/ainfera-labs/ends\\n' \
        >/etc/systemd/labs/ainfera-labs.service.d/zz.conf
      systemctl daemon-reload
      for status in 0 2 64 65 69 70 74 75 76 77 78 127; do
        systemctl reset-failed ainfera-labs 2>/dev/null
        rm -f /var/lib/ainfera-labs/starts
        echo $status >/var/lib/ainfera-labs/status
        systemctl start ainfera-labs 2>/dev/null
        ended $status
        echo "$status started $(wc -l </var/lib/ainfera-labs/starts)"
      done
      """, server: TLSServer(), folder: folder)
    for status in [0, 2, 64, 65, 69, 70, 74, 75, 76, 77, 78, 127] {
      let starts = [69, 75].contains(status) ? 4 : 1
      #expect(script.contains("\n\(status) started \(starts)\n"), "\(script)")
      #expect(script.contains("\(status): \(status == 0 ? "inactive success" : "exit-code failed") "), "\(script)")
    }
  }
}
