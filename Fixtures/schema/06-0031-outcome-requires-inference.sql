-- The first clause keeps rows in flight legal. Production once had a predicate without it, so the constraint is dropped
-- first; it is validated apart, for that takes a weaker lock.
ALTER TABLE public.routing_outcomes DROP CONSTRAINT IF EXISTS outcome_requires_inference_when_model_chosen;
ALTER TABLE public.routing_outcomes
  ADD CONSTRAINT outcome_requires_inference_when_model_chosen CHECK (
    outcome_status IS NULL OR decision_rule <> 'cheapest_clearing_floor' OR inference_id IS NOT NULL) NOT VALID;
ALTER TABLE public.routing_outcomes VALIDATE CONSTRAINT outcome_requires_inference_when_model_chosen;
