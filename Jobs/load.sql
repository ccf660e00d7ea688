-- Loads outcomes.csv and catalog.json into the fixture schema. The newest outcome becomes a minute old, so that the log
-- lies in the window of a run.
SET session_replication_role = replica;
CREATE TEMP TABLE loaded (
  id uuid, created_at timestamptz, tenant_id uuid, agent_id uuid, inference_id uuid, task_type text, cell text,
  chosen_model_slug text, decision_rule text, outcome_status text, policy_version text, judge_score smallint,
  judge_model text, judge_labeled_at timestamptz, judge_status text, observed_latency_ms integer,
  cost_actual_usd numeric, chosen_propensity double precision, decision_type text, source text);
\copy loaded FROM pstdin WITH (FORMAT csv, HEADER true)
INSERT INTO public.providers (name) VALUES ('simulated') ON CONFLICT DO NOTHING;
INSERT INTO public.models (slug, provider_id, q_prior, price_in_per_mtok_usd, price_out_per_mtok_usd, m_allowed)
  SELECT m ->> 'slug', p.id, (m ->> 'q_prior')::numeric, (m ->> 'price_in_per_mtok_usd')::numeric,
    (m ->> 'price_out_per_mtok_usd')::numeric, (m ->> 'm_allowed')::boolean
  FROM jsonb_array_elements(:'catalog'::jsonb -> 'models') AS m, public.providers AS p
  WHERE p.name = 'simulated'
  ON CONFLICT DO NOTHING;
INSERT INTO public.tenants (id, name) SELECT DISTINCT tenant_id, 'simulated' FROM loaded ON CONFLICT DO NOTHING;
INSERT INTO public.agents (id, tenant_id, name)
  SELECT DISTINCT agent_id, tenant_id, 'simulated' FROM loaded ON CONFLICT DO NOTHING;
INSERT INTO public.tenant_routing_policies (tenant_id) SELECT id FROM public.tenants ON CONFLICT DO NOTHING;
INSERT INTO public.routing_outcomes (id, created_at, tenant_id, agent_id, inference_id, task_type, cell,
    chosen_model_slug, decision_rule, outcome_status, policy_version, judge_score, judge_model, judge_labeled_at,
    judge_status, observed_latency_ms, cost_actual_usd, chosen_propensity, decision_type, source)
  SELECT id, created_at + shift, tenant_id, agent_id, inference_id, task_type, cell, chosen_model_slug, decision_rule,
    outcome_status, policy_version, judge_score, judge_model, judge_labeled_at + shift, judge_status,
    observed_latency_ms, cost_actual_usd, chosen_propensity, decision_type, :'source'
  FROM loaded, (SELECT now() - interval '1 minute' - max(created_at) AS shift FROM loaded) AS s;
ANALYZE;
