-- Row-level security on the public tables. The policies are in init-plan form, (SELECT auth.jwt() …), so that the
-- function runs once for a statement and not once for a row.
CREATE SCHEMA IF NOT EXISTS auth;
GRANT USAGE ON SCHEMA auth TO PUBLIC;

CREATE OR REPLACE FUNCTION auth.jwt() RETURNS jsonb
LANGUAGE sql STABLE
AS $$ SELECT coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb $$;

DO $$
DECLARE
  name text;
  condition text;
BEGIN
  FOREACH name IN ARRAY ARRAY['tenants', 'providers', 'models', 'agents', 'inferences', 'routing_outcomes',
    'tenant_routing_policies']
  LOOP
    condition := CASE name
      WHEN 'tenants' THEN $c$id = (SELECT (auth.jwt() ->> 'tenant_id')::uuid)$c$
      WHEN 'providers' THEN $c$(SELECT auth.jwt() ->> 'role') IS NOT NULL$c$
      WHEN 'models' THEN $c$(SELECT auth.jwt() ->> 'role') IS NOT NULL$c$
      WHEN 'inferences' THEN $c$agent_id IN (SELECT a.id FROM public.agents a
        WHERE a.tenant_id = (SELECT (auth.jwt() ->> 'tenant_id')::uuid))$c$
      ELSE $c$tenant_id = (SELECT (auth.jwt() ->> 'tenant_id')::uuid)$c$
    END;
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('DROP POLICY IF EXISTS tenant_isolation ON public.%I', name);
    EXECUTE format('CREATE POLICY tenant_isolation ON public.%I USING (%s)', name, condition);
  END LOOP;
END
$$;
