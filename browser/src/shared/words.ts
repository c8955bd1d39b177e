import { read_json } from "./dom.ts";
import { digits, isolated } from "./numbers.ts";

/// The catalogue's sentences that scripts use; the page carries them (templates/script_words.html), a live room's beside
/// those of the chat.
const words = {
  ...read_json<Record<string, string>>("words"),
  ...read_json<Record<string, string>>("more-words"),
};

export const has_word = (key: string): boolean => key in words;

export function word(key: string, ...values: (string | number)[]): string {
  return (words[key] ?? key).replace(/\{(\d)\}/g, (_, index: string) => {
    const value = values[Number(index)] ?? "";
    return typeof value === "number" ? digits(value) : isolated(value);
  });
}
