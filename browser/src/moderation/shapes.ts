import type { Case, Decision } from "../contract.ts";

/// What the moderators' page calls parts of the contract's shapes.

export type Kind = Case["kind"];
export type Act = Exclude<Decision["action"], "expired">;
