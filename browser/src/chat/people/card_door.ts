import type { Person } from "../../shared/types.ts";
import { may_act_on } from "../../shared/roles.ts";
import { with_extras } from "../extras.ts";
import type { PersonCard, PersonParts } from "./person_card.ts";

/// Opens people's cards, which are loaded with the first of them.
export class CardDoor {
  private card: PersonCard | null = null;

  constructor(private readonly parts: PersonParts) {}

  open(person: Person): void {
    this.with_card((card) => card.open(person));
  }

  mute_for(minutes: number, person: Person): void {
    this.with_card((card) => void card.mute_for(minutes, person));
  }

  may_act_on(person: Person): boolean {
    return may_act_on(this.parts.me, { ...person, ...this.parts.known(person.username) });
  }

  private with_card(use: (card: PersonCard) => void): void {
    with_extras(({ PersonCard }) => use((this.card ??= new PersonCard(this.parts))));
  }
}
