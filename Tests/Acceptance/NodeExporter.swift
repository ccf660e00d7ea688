import Foundation
import TestSupport

/// The collector that reads the metrics files.
enum NodeExporter {
  /// What node_exporter makes of the files of a folder; as nobody, where this account can become that.
  /// - Throws: an error where it does not answer within a minute, or answers that it could not gather all.
  static func metrics(of folder: String) throws -> String {
    let output = try TemporaryFolder()
    let asNobody = getuid() == 0 ? "setpriv --reuid=nobody --regid=nogroup --clear-groups" : ""
    let collected = try Program(
      running: "/bin/bash",
      [
        "-c",
        """
        for attempt in $(seq 20); do
          port=$((20000 + RANDOM % 40000))
          exec {log}< <(exec \(asNobody) prometheus-node-exporter --collector.disable-defaults --collector.textfile \
            --collector.textfile.directory="$0" --web.listen-address=127.0.0.1:$port 2>&1)
          pid=$!
          for look in $(seq 100); do
            curl --fail --silent --output "$1" http://127.0.0.1:$port/metrics && break 2
            kill -0 $pid 2>/dev/null || continue 2
            sleep 0.1
          done
          break
        done
        kill $pid
        grep -q 'error gathering' <&$log && exit 1
        cat "$1"
        """, folder, output.url.appendingPathComponent("metrics").path,
      ], environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"])
    guard collected.status == 0, collected.output.contains("node_textfile_scrape_error 0") else {
      throw CocoaError(.fileReadUnknown, userInfo: [NSDebugDescriptionErrorKey: collected.output + collected.errors])
    }
    return collected.output
  }
}
