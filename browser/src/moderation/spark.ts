export const hour_ms = 3_600_000;

/// The path of a line through values over the last hour, in a box of 60 × 20.
export function spark_path(samples: { at: number; value: number }[], now: number): string {
  const points = samples.filter((each) => now - each.at <= hour_ms);
  if (points.length < 2) return "";
  const most = Math.max(1e-9, ...points.map((each) => each.value));
  const place = ({ at, value }: { at: number; value: number }): string =>
    `${(60 - ((now - at) / hour_ms) * 60).toFixed(1)} ${(19 - (value / most) * 18).toFixed(1)}`;
  return `M${points.map(place).join("L")}`;
}
