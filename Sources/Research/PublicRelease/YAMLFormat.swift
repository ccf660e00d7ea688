internal import Yams

/// Reads YAML whole, and looks at each key and each value.
struct YAMLFormat {
  private static let most = 20_000
  private static let longestValue = 400
  private static let enough = 5
  private static let deepest = 100

  private let lines: [ArraySlice<UInt8>]
  private var visited = 0
  private var flaws: [Flaw] = []

  /// The flaws of a file.
  static func flaws(in bytes: ArraySlice<UInt8>) -> [Flaw] {
    guard isShallow(bytes) else { return [Flaw(offset: bytes.startIndex, what: "YAML that is nested too deep")] }
    var reader = YAMLFormat(lines: ReleaseText.lines(bytes))
    reader.lookAtComments()
    do {
      for document in try Yams.compose_all(yaml: bytes.text) {
        if document.mapping == nil { reader.report(document, "a text that is no settings") }
        reader.look(at: document)
      }
    } catch {
      return [Flaw(offset: bytes.startIndex, what: "no YAML")]
    }
    return reader.flaws
  }

  /// Whether brackets are nested no deeper than people write them, for the reader below calls itself at each.
  private static func isShallow(_ bytes: ArraySlice<UInt8>) -> Bool {
    var depth = 0
    for byte in bytes {
      if byte == 91 || byte == 123 { depth += 1 }
      if byte == 93 || byte == 125 { depth -= 1 }
      if depth > deepest { return false }
    }
    return true
  }

  private mutating func lookAtComments() {
    for line in lines where line.trimmed.first == 35 {
      flaws += TranscriptRule.flaws(in: line.trimmed.drop { $0 == 35 || $0 == 32 })
    }
    let comments = lines.filter { $0.trimmed.first == 35 }
    let text = Array(comments.map { $0.trimmed.drop { $0 == 35 || $0 == 32 } }.joined(separator: [10]))
    if let what = FragmentRule.flaws(in: text[...]).first?.what, let first = comments.first {
      flaws.append(Flaw(offset: first.startIndex, what: what))
    }
  }

  private init(lines: [ArraySlice<UInt8>]) { self.lines = lines }

  private mutating func look(at node: Node) {
    visited += 1
    // Aliases make a tree of any size of a few lines.
    guard visited < YAMLFormat.most else { return report(node, "YAML of more than \(YAMLFormat.most) values") }
    switch node {
    case .scalar(let scalar): look(at: scalar, node)
    case .sequence(let sequence):
      for value in sequence { look(at: value) }
    case .mapping(let mapping):
      for (key, value) in mapping { look(at: key, value) }
      // A variable of the environment, as Kubernetes writes it.
      if let name = mapping["name"]?.scalar?.string, let value = mapping["value"]?.scalar?.string {
        let found = SecretRule.flaws(in: Array("\(name)=\(value)".utf8)[...], isConfiguration: true)
        if let what = found.first?.what { report(node, what) }
      }
    case .alias: report(node, "an alias")
    }
  }

  private mutating func look(at key: Node, _ value: Node) {
    guard let name = key.scalar?.string, isKnown(name) else { return report(key, "a key that is not known") }
    // The variables of a container or a step, whose names nobody can list.
    if ["env", "environment"].contains(name), let variables = value.mapping,
      variables.allSatisfy({ isVariable($0.key) })
    {
      for (_, value) in variables { look(at: value) }
    } else {
      look(at: value)
    }
  }

  private func isVariable(_ key: Node) -> Bool {
    let name = key.scalar?.string ?? ""
    return name.utf8.allSatisfy { $0.isUppercase || $0.isDigit || $0 == 95 }
      && !TranscriptRule.isName(Array(name.utf8)[...])
  }

  /// A key of a format of ours, or a name with a domain or of a variable of the environment, as labels and `env` have.
  private func isKnown(_ name: String) -> Bool {
    if YAMLKeys.names.contains(name) { return true }
    let isVariable =
      name.count > 3 && name.contains("_") && name.utf8.allSatisfy { $0.isUppercase || $0.isDigit || $0 == 95 }
    return isVariable || name.hasPrefix("app.kubernetes.io/") || name.hasPrefix("prometheus.io/")
      || name.hasPrefix("ainfera-labs")
  }

  private mutating func look(at scalar: Node.Scalar, _ node: Node) {
    let bytes = Array(scalar.string.utf8)[...]
    if bytes.contains(10) {
      let found = FragmentRule.flaws(in: bytes) + TranscriptRule.flaws(in: bytes)
      if let what = found.first?.what { report(node, what) }
    } else if bytes.count > YAMLFormat.longestValue {
      report(node, "a long value")
    }
  }

  private mutating func report(_ node: Node, _ what: String) {
    guard flaws.count < YAMLFormat.enough else { return }
    let line = min(max((node.mark?.line ?? 1) - 1, 0), lines.count - 1)
    flaws.append(Flaw(offset: lines[line].startIndex, what: what))
  }
}

/// The keys of settings, schedules, alert rules, workflows and CITATION.cff.
private enum YAMLKeys {
  static let names = KnownFields.words(
    """
    window_days source holdout_share half_life_days input_tokens ridge_shared ridge_tenant ridge_cell alpha min_support min_rows
    exploration decision_rule objective evidence strict floors default_floor min_training_rows min_holdout_rows
    min_effective_sample_size done_tolerance done_gain cost_share cost_limit drift_difference anchor_days anchor_tolerance
    slice_tolerance tenant_tolerance trust_estimated_propensities bootstrap_draws bootstrap_seed schema
    reasoning code tool_use general chat extraction embed max_unknown_costs unknown_cost_share
    apiVersion kind metadata name namespace labels annotations spec schedule timeZone suspend concurrencyPolicy
    startingDeadlineSeconds successfulJobsHistoryLimit failedJobsHistoryLimit jobTemplate backoffLimit activeDeadlineSeconds
    ttlSecondsAfterFinished podFailurePolicy rules action onExitCodes containerName operator values onPodConditions type status
    template restartPolicy automountServiceAccountToken serviceAccountName securityContext runAsNonRoot runAsUser runAsGroup
    fsGroup fsGroupChangePolicy seccompProfile containers initContainers image imagePullPolicy args command env value valueFrom
    secretKeyRef configMapKeyRef fieldRef fieldPath key optional resources requests limits cpu memory ephemeral-storage
    readOnlyRootFilesystem allowPrivilegeEscalation privileged capabilities drop add volumeMounts mountPath readOnly subPath
    volumes secret secretName defaultMode items path configMap emptyDir sizeLimit medium persistentVolumeClaim claimName
    accessModes storageClassName storage volumeName nodeSelector tolerations affinity terminationGracePeriodSeconds
    terminationMessagePolicy workingDir envFrom secretRef data stringData immutable enableServiceLinks hostUsers completions
    parallelism completionMode app component podAffinity podAntiAffinity nodeAffinity
    requiredDuringSchedulingIgnoredDuringExecution preferredDuringSchedulingIgnoredDuringExecution labelSelector matchLabels
    matchExpressions topologyKey weight podAffinityTerm replicas selector containerPort protocol targetPort port livenessProbe
    readinessProbe startupProbe httpGet initialDelaySeconds periodSeconds updateStrategy volumeClaimTemplates nodePort
    topologySpreadConstraints maxSkew whenUnsatisfiable hostPath nodeName priorityClassName revisionHistoryLimit
    on push pull_request branches tags cron workflow_dispatch workflow_call inputs cadence description default options
    required concurrency group cancel-in-progress permissions contents packages id-token jobs train build test lint runs-on
    timeout-minutes steps uses run with needs if shell working-directory strategy matrix fail-fast container services ports
    defaults environment outputs continue-on-error persist-credentials fetch-depth ref
    groups alert expr for record interval severity summary runbook runbook_url keep_firing_for rule_files evaluation_interval tests
    input_series series alert_rule_test eval_time alertname exp_alerts exp_labels exp_annotations promql_expr_test exp_samples
    scrape_configs job_name static_configs targets global scrape_interval instance dashboard job status_code
    cff-version message title abstract authors license keywords references family-names given-names year conference orcid
    repository-code url version date-released doi journal volume issue start end publisher collection-title
    preferred-citation identifiers
    PGPASSWORD PGPASSFILE PGHOST PGPORT PGUSER PGDATABASE PGSSLMODE PGSSLROOTCERT LABS_BINARY
    failure-threshold ignored trustedRegistries override error warning info style
    """)
}
