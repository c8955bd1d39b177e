/// "22:30" as a minute of the day.
export function minutes_of(time: string): number {
  const [hours, minutes] = time.split(":").map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0) || 0;
}
