DO $$
BEGIN
  CREATE TYPE public.routing_policy AS ENUM
    ('balanced', 'cost_first', 'quality_first', 'latency_first', 'strict', 'custom');
EXCEPTION
  WHEN duplicate_object THEN NULL;
END
$$;

-- A tenant without a row has the implicit balanced default.
CREATE TABLE IF NOT EXISTS public.tenant_routing_policies (
  tenant_id uuid PRIMARY KEY REFERENCES public.tenants (id) ON DELETE CASCADE,
  active_policy public.routing_policy NOT NULL DEFAULT 'balanced',
  quality_weight numeric(4, 3) NOT NULL DEFAULT 0.340,
  cost_weight numeric(4, 3) NOT NULL DEFAULT 0.330,
  latency_weight numeric(4, 3) NOT NULL DEFAULT 0.330,
  fallback_enabled boolean NOT NULL DEFAULT true,
  fallback_penalty_pct numeric(5, 2) NOT NULL DEFAULT 0,
  CONSTRAINT weights_sum_to_one CHECK (abs(quality_weight + cost_weight + latency_weight - 1.0) <= 0.001),
  CONSTRAINT penalty_is_a_percentage CHECK (fallback_penalty_pct BETWEEN 0 AND 100)
);
