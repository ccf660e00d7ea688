CREATE TABLE IF NOT EXISTS public.training_runs (
  id uuid PRIMARY KEY,
  run_at timestamptz NOT NULL DEFAULT now(),
  cadence text NOT NULL CHECK (cadence IN ('daily', 'manual', 'shadow')),
  judge_model text NOT NULL,
  outcomes_judged integer NOT NULL,
  policy_version_from text NOT NULL,
  policy_version_to text NOT NULL,
  promoted boolean NOT NULL,
  promote_reason text NOT NULL,
  replay_gate_passed boolean NOT NULL,
  per_cell jsonb NOT NULL,
  delta_done_rate double precision,
  delta_cost_usd double precision,
  exploration_floor double precision NOT NULL,
  ruleset_hash text NOT NULL
);
CREATE INDEX IF NOT EXISTS training_runs_run_at ON public.training_runs (run_at);
CREATE INDEX IF NOT EXISTS training_runs_promoted_run_at ON public.training_runs (promoted, run_at);

DO $$
BEGIN
  -- No password: the operator sets one, or a certificate, outside of the migrations.
  CREATE ROLE ainfera_labs LOGIN;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

GRANT USAGE ON SCHEMA public TO ainfera_labs;
GRANT SELECT ON public.routing_outcomes, public.inferences, public.models, public.providers, public.agents
  TO ainfera_labs;
GRANT UPDATE (judge_score, judge_model, judge_rationale, judge_labeled_at, judge_status, reward)
  ON public.routing_outcomes TO ainfera_labs;
GRANT INSERT, SELECT ON public.training_runs TO ainfera_labs;
-- No SELECT here: a promotion moves every tenant together.
GRANT UPDATE (active_policy, active_policy_version) ON public.tenant_routing_policies TO ainfera_labs;
REVOKE DELETE ON ALL TABLES IN SCHEMA public FROM ainfera_labs;
