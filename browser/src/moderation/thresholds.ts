/// The three scores from which a text is warned of, put under review, or not sent.

export interface Thresholds {
  warn: number;
  flag: number;
  block: number;
}

export const presets: Record<string, Thresholds> = {
  relaxed: { warn: 0.5, flag: 0.72, block: 0.925 },
  school: { warn: 0.3, flag: 0.6, block: 0.9 },
  strict: { warn: 0.25, flag: 0.48, block: 0.76 },
};

export const names = ["warn", "flag", "block"] as const;

/// Thresholds in their order: moving one past another takes it along.
export function in_order(thresholds: Thresholds, moved: keyof Thresholds): Thresholds {
  const value = thresholds[moved];
  const at = names.indexOf(moved);
  const fixed = { ...thresholds };
  names.forEach((name, index) => {
    if (index < at) fixed[name] = Math.min(fixed[name], value);
    if (index > at) fixed[name] = Math.max(fixed[name], value);
  });
  return fixed;
}

/// How many of the scores each action would meet.
export function outcome(scores: number[], { warn, flag, block }: Thresholds): Thresholds {
  const count = (from: number, to: number): number => scores.filter((score) => score >= from && score < to).length;
  return { warn: count(warn, flag), flag: count(flag, block), block: count(block, 2) };
}
