import { announce_later } from "../../shared/announce.ts";
import { word } from "../../shared/words.ts";

const most_spoken = 3;
let said: string[] = [];

/// Speaks a message; of a flood only how many they were.
export function speak_message(name: string, text: string): void {
  said.push(word("message.said", name, text));
  if (said.length > 1) return;
  announce_later(() => {
    const all = said;
    said = [];
    return all.length > most_spoken ? word("chat.below", all.length) : all.join(". ");
  });
}
