ALTER TABLE public.tenant_routing_policies ADD COLUMN IF NOT EXISTS active_policy_version text;
