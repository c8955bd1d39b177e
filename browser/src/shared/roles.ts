import type { Person, Role } from "./types.ts";

const ranks: Record<Role, number> = { owner: 5, admin: 4, moderator: 3, agent: 2, member: 1, guest: 0 };

export function is_staff(person: Person): boolean {
  return person.role === "owner" || person.role === "admin" || person.role === "moderator";
}

/// Rights reach only downwards.
export function outranks(person: Person, other: Person): boolean {
  return ranks[person.role ?? "member"] > ranks[other.role ?? "member"];
}

/// Whether staff may mute or ban somebody.
export function may_act_on(me: Person, other: Person): boolean {
  return is_staff(me) && other.username !== me.username && outranks(me, other);
}
