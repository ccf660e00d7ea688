ALTER TABLE public.routing_outcomes
  ADD COLUMN IF NOT EXISTS judge_score smallint,
  ADD COLUMN IF NOT EXISTS judge_model text,
  ADD COLUMN IF NOT EXISTS judge_rationale text,
  ADD COLUMN IF NOT EXISTS judge_labeled_at timestamptz,
  ADD COLUMN IF NOT EXISTS judge_status text NOT NULL DEFAULT 'unlabeled',
  ADD COLUMN IF NOT EXISTS reward double precision;

ALTER TABLE public.routing_outcomes DROP CONSTRAINT IF EXISTS judge_status_is_known;
ALTER TABLE public.routing_outcomes
  ADD CONSTRAINT judge_status_is_known CHECK (judge_status IN ('unlabeled', 'labeled', 'cannot_evaluate'));
