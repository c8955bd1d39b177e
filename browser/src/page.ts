import { start_plain_page } from "./plain.ts";

start_plain_page();
