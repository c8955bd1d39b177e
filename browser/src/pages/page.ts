import { start_plain_page } from "../shared/plain_page.ts";

start_plain_page();
