/// The emoji that everybody has at hand, and what each is called after a colon.

/// Those in the sheet of a message.
export const quick = ["👍", "❤️", "😂", "🎉", "😮", "🙏"];

export const common = (
  "👍 ❤️ 😂 🎉 😮 🙏 😀 😊 😍 🤔 😅 😉 😎 😢 😭 😡 🥳 😴 🤗 🙄 😇 🤩 😐 🤒 " +
  "👋 👏 🙌 💪 🤝 ✌️ 👌 👎 🤞 ✋ 🫶 👀 🔥 ✨ ⭐ 💯 ✅ ❌ ❓ ❗ 💡 📚 ✏️ 🏆 ☕ 🍕 🍎 🎂 ⚽ 🏏 🎮 🎵 🌙 ☀️ 🌧️ 🌹 🚀 🏠 💻 📷"
).split(" ");

/// What each is called after a colon, in the same order.
const names = (
  "thumbsup heart joy tada open_mouth pray grinning smile heart_eyes thinking sweat_smile wink sunglasses cry sob rage " +
  "partying sleeping hug eye_roll innocent star_struck neutral sick wave clap raised_hands muscle handshake victory " +
  "ok_hand thumbsdown crossed_fingers hand heart_hands eyes fire sparkles star 100 check cross question exclamation " +
  "bulb books pencil trophy coffee pizza apple cake football cricket game music moon sun rain rose rocket house laptop camera"
).split(" ");

/// Emoji whose name begins with `start`, then those that have it further in.
export function emoji_named(start: string, most: number): { emoji: string; name: string }[] {
  const found = names
    .map((name, index) => ({ name, emoji: common[index]! }))
    .filter((each) => each.name.includes(start));
  return found.sort((a, b) => Number(b.name.startsWith(start)) - Number(a.name.startsWith(start))).slice(0, most);
}

/// A tone stands behind the first person; what chose how the emoji looks gives way to it.
export function with_tone(emoji: string, tone: string): string {
  if (tone === "") return emoji;
  const [first, ...rest] = [...emoji];
  return first! + tone + rest.filter((point, at) => at > 0 || point !== "\ufe0f").join("");
}
