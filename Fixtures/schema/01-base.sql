-- The gateway's tables as they were before the revisions that follow.
CREATE TABLE IF NOT EXISTS public.tenants (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS public.providers (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL UNIQUE
);

CREATE TABLE IF NOT EXISTS public.models (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  slug text NOT NULL UNIQUE,
  provider_id uuid NOT NULL REFERENCES public.providers (id),
  q_prior numeric(5, 4) CHECK (q_prior BETWEEN 0 AND 1),
  price_in_per_mtok_usd numeric(12, 6),
  price_out_per_mtok_usd numeric(12, 6),
  m_allowed boolean
);

CREATE TABLE IF NOT EXISTS public.agents (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES public.tenants (id) ON DELETE CASCADE,
  name text NOT NULL
);

CREATE TABLE IF NOT EXISTS public.inferences (
  id uuid PRIMARY KEY,
  agent_id uuid NOT NULL REFERENCES public.agents (id) ON DELETE CASCADE,
  model_id uuid REFERENCES public.models (id),
  status text NOT NULL CHECK (status IN ('routed', 'succeeded', 'failed')),
  input_tokens integer,
  output_tokens integer,
  cost_usd numeric(14, 9),
  created_at timestamptz NOT NULL DEFAULT now(),
  completed_at timestamptz,
  error_message text
);

CREATE TABLE IF NOT EXISTS public.routing_outcomes (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  created_at timestamptz NOT NULL DEFAULT now(),
  tenant_id uuid NOT NULL REFERENCES public.tenants (id) ON DELETE CASCADE,
  agent_id uuid NOT NULL REFERENCES public.agents (id) ON DELETE CASCADE,
  inference_id uuid,
  task_type text,
  cell text,
  chosen_model_slug text,
  decision_rule text NOT NULL,
  outcome_status text,
  policy_version text,
  observed_latency_ms integer,
  cost_actual_usd numeric(14, 9),
  chosen_propensity double precision,
  decision_type text,
  source text NOT NULL DEFAULT 'prod',
  traffic_class text,
  traffic_origin text,
  exclude_from_training boolean NOT NULL DEFAULT false,
  fleet_agent boolean NOT NULL DEFAULT false
);

CREATE INDEX IF NOT EXISTS routing_outcomes_created_at ON public.routing_outcomes (created_at);
