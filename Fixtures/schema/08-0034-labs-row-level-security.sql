-- Proposed by ainfera-labs: what row-level security needs so that its role sees what its grants name, and the columns
-- for the evidence and the policy of a run.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['routing_outcomes', 'inferences', 'models', 'providers', 'agents', 'training_runs']
  LOOP
    EXECUTE format('DROP POLICY IF EXISTS ainfera_labs_select ON public.%I', name);
    EXECUTE format('CREATE POLICY ainfera_labs_select ON public.%I FOR SELECT TO ainfera_labs USING (true)', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['routing_outcomes', 'tenant_routing_policies']
  LOOP
    EXECUTE format('DROP POLICY IF EXISTS ainfera_labs_update ON public.%I', name);
    EXECUTE format(
      'CREATE POLICY ainfera_labs_update ON public.%I FOR UPDATE TO ainfera_labs USING (true) WITH CHECK (true)', name);
  END LOOP;
  DROP POLICY IF EXISTS ainfera_labs_insert ON public.training_runs;
  CREATE POLICY ainfera_labs_insert ON public.training_runs FOR INSERT TO ainfera_labs WITH CHECK (true);
END
$$;

ALTER TABLE public.training_runs ADD COLUMN IF NOT EXISTS evaluation jsonb;

-- The whole policy of a promoted run: its canonical JSON as a zlib stream, bound to its version by its hash. per_cell cannot
-- hold more than 256 MB. It is compressed already, and is read in parts.
ALTER TABLE public.training_runs ADD COLUMN IF NOT EXISTS policy bytea;
ALTER TABLE public.training_runs ALTER COLUMN policy SET STORAGE EXTERNAL;
