import type * as contract from "../contract.ts";

export type Stage = contract.Stage;
export type Gift = contract.Gift;
export type Giver = contract.Gifts["top_givers"][number];
export type Quality = "high" | "low" | "sound";

/// What the page knows when it begins.
export interface LiveBoot {
  stage: Stage;
  /// "" for the whole page, else what alone is shown.
  view: "" | "chat" | "overlay";
  may_lead: boolean;
  may_cut: boolean;
  gifts: contract.GiftKind[];
}

export function media_address(room: string, query: Record<string, string>): string {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return `${scheme}://${location.host}/ws/live/${encodeURIComponent(room)}?${new URLSearchParams(query)}`;
}
