/// The columns and keys that files of a public tree may have, and what may stand under each. A name that is not here is
/// refused, and names are compared as they are: another case or a space around makes another name.
enum KnownFields {
  /// The columns of outcomes, of the table of all answers, and of tables that `research` writes.
  static let columns: [String: ValueForm] = table(
    number: """
      judge_score observed_latency_ms cost_actual_usd chosen_propensity input_tokens output_tokens reward quality cost_usd
      seed seeds rows n q_prior
      """,
    flag: "exclude_from_training fleet_agent",
    name: """
      task_type cell chosen_model_slug decision_rule outcome_status policy_version judge_model judge_status decision_type
      traffic_class traffic_origin prompt_id model scenario policy measure
      """,
    other: [
      "id": .identifier, "created_at": .instant, "judge_labeled_at": .instant, "tenant_id": .tenant,
      "agent_id": .tenant,
      "inference_id": .identifier, "source": .source,
    ])

  /// The keys of JSON: of outcomes, of runs, artifacts, catalogs and truths, of the research tables and of test vectors.
  static let keys: [String: ValueForm] = columns.merging(
    table(
      number: """
        below_least calibration changed_cells changed_rows confidence cost costs counted cut_rows default_floor delta
        delta_cost_usd delta_done_rate deterministic done done_and_cheaper done_lift done_lift_through_failures
        done_lift_through_quality draws e_value e_value_agents effective_sample_size eligible estimated exploration
        exploration_effect exploration_floor failures floor_quality floor_violations gate holdout invalid
        known_without_judge largest_weight learned_beats_static least_oracle_share least_weight level lift logged lower
        margin mean mean_weight n_cell n_holdout outcomes_judged peak_resident_bytes predicted price_in_per_mtok_usd
        price_out_per_mtok_usd q_candidate q_empirical q_incumbent quantile regret ridge_cell
        ridge_tenant rewards saving saving_at_equal_quality share shared standard_error succeeded_not_done survey total
        training ucb unknown_costs unseen_share unused_rows up_to upper value weight weights width aiq format best attempt done_standard_error exit_status failed_without_cost judged known mean_usd quality_from quality_to
        reward_standard_error shown_better tenants_moved unknown tenants groups result minimum maximum
        alpha cell_features clip contexts decisions_count doubly_robust_lift expected expected_ridge_cell floor
        gram history max_weight mean_difference minus_two_log_likelihood moment normal_95 prior priors
        probe_cell probe_mean probe_shared probe_ucb probe_width propensity q_hat_by_cell queries residual_variance ridge
        ridge_shared shrinkage_lambda switch_threshold theta theta_cell theta_shared true_candidate_value
        direct_method ips snips doubly_robust self_normalized_doubly_robust clipped_ips clipped_doubly_robust switch_doubly_robust
        doubly_robust_optimistic_shrinkage direct_method_standard_error ips_standard_error snips_standard_error
        doubly_robust_standard_error self_normalized_doubly_robust_standard_error clipped_ips_standard_error
        clipped_doubly_robust_standard_error switch_doubly_robust_standard_error
        doubly_robust_optimistic_shrinkage_standard_error
        rank resume resumed evidence_looked_at budget_usd percentile positive negative support changes traffic_share cells_share
        """,
      flag: "passed promoted m_allowed dry_run replay_gate_passed reweighted candidate_is_new is_new indentation",
      name: """
        arm arms rollback_of artifact from to rolled_back_from setting origin better_singles label cure_kind role findings band brand cadence candidate catalog incumbent kind learned method pick policies policy_version_from
        policy_version_to rule ruleset_hash run_id severity slug step task verdict would commit program version hash
        policy_hash oracle static strongest uniform cheapest format_version swift libpq sqlstate status
        baseline checks cases evaluation figures fit funnel incumbents intervals judging linucb means outcomes per_band
        probes propensities replay served single_models task_bands truth versions window assumed oracle_share absolute
        fileScopedDeclarationPrivacy accessLevel spaces tabs rules_version url location state pins identity originHash
        revision branch cite
        """,
      sentence: "error advice cure statement what note summary reason promote_reason observed required detail",
      other: [
        "cut": .instant, "rolled_back_at": .instant, "first_failures": .map(.number), "at": .instant,
        "run_at": .instant, "name": .label, "cell": .cell, "cells": .map(.cell),
        "per_cell": .map(.cell),
        "models": .map(.name), "floors": .map(.number), "shares": .map(.number), "timings_ms": .map(.number),
        "policies": .map(.name), "estimates": .map(.number), "assumptions": .map(.sentence),
        "absent": .map(.sentence), "absent_single_models": .map(.sentence), "decisions": .map(.name),
        "by_ridge_cell": .map(.number), "baseline_policy_by_cell": .map(.name), "candidate_policy_by_cell": .map(.name),
        "window": .instant, "sources": .map(.number), "judges": .map(.number), "dropped": .map(.number),
        "timings": .map(.number), "wealth": .map(.number), "learned_quality": .map(.number),
        "residual_standard_deviation": .map(.number), "rules": .map(.flag), "model_mix": .map(.number),
        "source": .source, "blas": .sentence,
      ]), uniquingKeysWith: { $1 })

  /// The keys of a line that Vowpal Wabbit's reader of decisions takes; features stand under `c`.
  static let decisionKeys: [String: ValueForm] = table(
    number: "_label_cost _label_probability _label_Action _labelIndex a p RewardValue v pdrop _original_label_cost",
    flag: "_skipLearn DeferredAction", name: "Version EventId _tag m ActionTaken",
    other: [
      "Timestamp": .instant, "EnqueuedTimeUtc": .instant, "c": .map(.map(.map(.map(.map(.map(.map(.map(.name)))))))),
      "VWState": .map(.name),
      "Observations": .map(.number), "o": .map(.number),
    ])

  /// The words that headers of a table in prose are made of.
  static let headerWords = words(
    """
    a action actions actual added address after again agent agents aiq alert alerts algorithm all alone also always
    among an and any are argument arguments arm arms as asks assumes at attempt attempts author authors average b
    back backup bad band bands baseline be been before bernstein best better between bias bootstrap both bound bounds
    budget but by bytes c cadence call calls can candidate candidates cause causes cell cells certificate change
    changed changes chapter cheaper check chosen class cluster code column columns command commands confidence
    connection connections container core cores cost costs count counts coverage cpu cron cure d daily database date
    day days decision decisions default defaults dependencies dependency deprecated deviation different disk do
    doctor does done down draws e each earlier effect eight either empirical environment equal error errors estimate
    estimated estimates estimator estimators eur every example examples exit expected f fails failure failures false
    few field fields figure file files finding first five fixed flag flags floor folder folders for form format
    formats forms formula four from function g gained gate gb gib good grant grants h had harm harmful has have held
    highest history hold holdout holds host hour hours how i if image in incumbent index indexes interval intervals
    into is it its j job jobs judge judges k kb key keys kib kind kinds kubernetes l label labels large last latency
    later learned least less level libraries library licence license lift limit line lines lock locks logs look lower
    lowest m manual many market markets maximum may mb meaning means measure median memory method methods metric
    metrics mib min minimum minute minutes model models module month more most ms must n name needed neither never
    new next night nights nine no none normal not note notes now number numbers object of off old on one only option
    or oracle other others out outcome outcomes over owner p page pages paper parameter parameters part parts path
    paths per percent percentiles platform pod points policy port possible power price prices privilege privileges
    process processes program promote promoted promotion promotions propensities propensity provider providers
    purpose quality queries query r range rate rates ratio read reads reason reasons reference references regret
    release releases removed replay report request requests required research restore result results resume retries
    retry reward rewards right role roles rollback row rows rule rules run running runs s same sample samples saving
    says scenario scenarios schema score scores second seconds section sections see seen sees served server service
    services session sessions set setting settings seven severity shadow share shares should show shows signal
    simulate since six size sizes small snapshot so source speed stage standard state static status step steps
    student such sum superuser systemd t table tables tag tags task tasks ten tenant tenants test tests than that the
    then these theta this those thread threads three threshold thresholds ths time timeout timer to token tokens
    total train training transaction transactions trigger triggers true truly truth two type types u under uniform
    unit units until up upper us usage usd user users v value values variable variables variance verdict version
    versions view views violations w was week weight weights were what when where which who whom whose why width will
    with within without word words world worlds worse worst would write writes written x y year years yes z
    """)

  static func words(_ list: String) -> Set<String> { Set(list.split { $0.isWhitespace }.map(String.init)) }

  private static func table(
    number: String = "", flag: String = "", name: String = "", sentence: String = "", other: [String: ValueForm]
  ) -> [String: ValueForm] {
    var forms = other
    for (list, form) in [(number, ValueForm.number), (flag, .flag), (name, .name), (sentence, .sentence)] {
      for word in words(list) where forms[word] == nil { forms[word] = form }
    }
    return forms
  }
}
