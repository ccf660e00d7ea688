-- The role's objects and grants go first, or the role cannot.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ainfera_labs') THEN
    DROP OWNED BY ainfera_labs;
    DROP ROLE ainfera_labs;
  END IF;
END
$$;
DROP TABLE IF EXISTS public.training_runs;
