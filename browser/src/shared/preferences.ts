/// Names under which the browser keeps what a person prefers.

/// "off": no look at the text before sending.
export const check_setting = "soyuz.check";
