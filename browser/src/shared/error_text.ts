import { ApiError } from "./api.ts";
import { word } from "./words.ts";

/// What a person is told of a failed call: the server's own sentence, or that the server was not reached.
export function error_text(error: unknown): string {
  return error instanceof ApiError && error.message !== "" ? error.message : word("error.unreachable");
}
