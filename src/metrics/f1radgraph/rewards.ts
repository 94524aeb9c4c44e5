/** How alike two annotations are (METRICS §9.9). */
import type { Annotation, Entity } from "./annotation.ts";

/**
 * What of an entity is compared: words and label alone; whether it has relations, too; or each of its relations with
 * label and tail. `partial` is what the literature calls RG_ER.
 */
export const rewardLevels = ["simple", "partial", "complete"] as const;

export type RewardLevel = (typeof rewardLevels)[number];

/**
 * Whether "Heart" is "heart". Up to radgraph 0.1.18 it is in relations of `complete` only; since May 2026 it is everywhere.
 */
export type CaseRule = "0.1.18" | "2026-05";

type Entities = Pick<Annotation, "entities">;

/** What is compared, as texts; equal ones are one. */
function factsOf({ entities }: Entities, level: RewardLevel, rule: CaseRule): Set<string> {
  const always = (text: string) => (rule === "0.1.18" ? text : text.toLowerCase());
  const facts = ({ tokens, label, relations }: Entity): readonly (readonly unknown[])[] => {
    const plain = [always(tokens), label];
    if (level === "simple" || relations.length === 0) return [plain];
    if (level === "partial") return [[...plain, true]];
    return relations.map(([relation, tail]) => {
      return [tokens.toLowerCase(), label, relation, entities[tail]!.tokens.toLowerCase()];
    });
  };
  return new Set(Object.values(entities).flatMap((entity) => facts(entity).map((fact) => JSON.stringify(fact))));
}

/** F1 of the facts of both; 0 where one side has no entity, or neither has. */
export function radgraphReward(
  hypothesis: Entities,
  reference: Entities,
  level: RewardLevel,
  rule: CaseRule = "0.1.18",
): number {
  const [said, meant] = [factsOf(hypothesis, level, rule), factsOf(reference, level, rule)];
  let shared = 0;
  for (const fact of said) if (meant.has(fact)) shared++;
  if (shared === 0) return 0;
  const [precision, recall] = [shared / said.size, shared / meant.size];
  return (2 * precision * recall) / (precision + recall);
}
