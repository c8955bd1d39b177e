"""Renders a page with Debian's Jinja and sample contexts: python3 render.py PAGE LANG THEME < extra.json > page.html"""
import json
import pathlib
import sys

import jinja2

root = pathlib.Path(__file__).resolve().parents[3]


def sample_people():
    names = [("sara", "Sara Khan", "owner", True), ("ali_k", "Ali Kazmi", "member", True), ("ayesha", "عائشہ", "moderator", True),
             ("tom", "Tom Weber", "member", False), ("zoya.m", "Zoya Mirza", "member", True), ("hamza", "Hamza", "guest", False)]
    return [person(*each) for each in names]


def hue(name):
    value = 0x811C9DC5
    for byte in name.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value % 12


def person(username, display_name, role="member", online=True):
    parts = display_name.split()
    letters = (parts[0][0] + parts[-1][0]) if len(parts) > 1 else parts[0][0]
    return {"id": "u-" + username, "username": username, "display_name": display_name, "avatar_url": "", "role": role,
            "online": online, "created_at": "2026-11-01T08:00:00.000Z", "initials": letters.upper(), "hue": hue(username)}


def sample_messages(people, empty):
    texts = [
        (0, "Salaam everybody, welcome to the **lobby**! Please keep [the rules](https://example.org/rules) in mind.", "<p>Salaam everybody, welcome to the <strong>lobby</strong>! Please keep <a href=\"https://example.org/rules\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">the rules</a> in mind.</p>", 0),
        (1, "Salaam! Is the homework due tomorrow?", "<p>Salaam! Is the homework due tomorrow?</p>", 1),
        (1, "I mean chapter 4", "<p>I mean chapter 4</p>", 2),
        (2, "جی ہاں، کل صبح تک۔ باب چار کے تمام سوالات حل کریں۔", "<p>جی ہاں، کل صبح تک۔ باب چار کے تمام سوالات حل کریں۔</p>", 3),
        (4, "Here is how I did number 3:\n```\nint sum = 0;\nfor (int i = 1; i <= n; ++i) sum += i;\n```", "<p>Here is how I did number 3:</p><pre><code>int sum = 0;\nfor (int i = 1; i &lt;= n; ++i) sum += i;</code></pre>", 5),
        (0, "Very good, @zoya.m! One line is enough though: `n * (n + 1) / 2`", "<p>Very good, <span class=\"mention\">@zoya.m</span>! One line is enough though: <code>n * (n + 1) / 2</code></p>", 6),
        (1, "> One line is enough\nOh! That is clever. Two things remain:\n- why it works\n- how to prove it", "<blockquote>One line is enough</blockquote><p>Oh! That is clever. Two things remain:</p><ul><li>why it works</li><li>how to prove it</li></ul>", 20),
        (0, "We will do it **together** on Monday.", "<p>We will do it <strong>together</strong> on Monday.</p>", 21),
        (0, "Bring your notebooks.", "<p>Bring your notebooks.</p>", 22),
    ]
    out = []
    for index, (who, text, html, minute) in enumerate([] if empty else texts):
        before = out[-1] if out else None
        sender = people[who]
        day = "2026-11-20" if index < 3 else "2026-11-21"
        out.append({
            "id": f"lobby-{index + 1}", "room": "lobby", "seq": index + 1, "sender": sender, "text": text, "html": html,
            "sent_at": f"{day}T09:{minute + 5:02}:00.000Z", "edited_at": "2026-11-21T09:30:00.000Z" if index == 5 else None, "deleted": False,
            "reply_to": "lobby-5" if index == 5 else None, "reply": out[4] if index == 5 else None,
            "reactions": {"👍": ["ali_k", "sara"], "🎉": ["tom"]} if index == 5 else {}, "attachments": [],
            "moderation": {"action": "flag" if index == 4 else "allow", "severity": "none", "score": 0, "reasons": []},
            "time_text": f"09:{minute + 5:02}", "day": day, "day_text": "20 November" if index < 3 else "21 November",
            "new_day": before is None or before["day"] != day, "grouped": before is not None and before["sender"] is sender and before["day"] == day,
            "own": sender["username"] == "sara", "initials": sender["initials"], "hue": sender["hue"],
        })
    return out


def context(page, extra):
    people = sample_people()
    room = {"id": "r1", "name": "lobby", "title": "Lobby", "topic": "Everything that has no room of its own", "kind": "public", "member_count": 6,
            "last_seq": 9, "unread": 0, "settings": {"slow_mode_s": 0, "locked": False}, "can_manage": True, "role": "owner"}
    rooms = [room] + [dict(room, id=f"r{n}", name=name, title=title, kind=kind, unread=unread, last_seq=0)
                      for n, (name, title, kind, unread) in enumerate(
                          [("physics", "Physics 9B", "public", 3), ("urdu", "اردو ادب", "public", 0), ("staff", "Staff room", "private", 128), ("ali_k", "Ali Kazmi", "direct", 1)], 2)]
    data = {
        "csrf_token": "token", "instance": {"name": "Class 9B", "purpose": "class", "registration": "open", "version": "0.1.0"},
        "user": people[0], "path": "/" + page, "errors": {}, "values": {}, "error": "", "username": "", "next": "/chat", "token": "t0k3n",
        "room": room, "rooms": rooms, "people": people, "online_count": 4,
        "messages": sample_messages(people, extra.get("empty")), "has_more": False, "first_unread": None, "mute": None, "max_text": 4000,
        "invite": {"code": "abcd", "url": "http://192.168.1.20:5000/join/abcd", "qr_svg_url": "/qr.svg", "room_title": "Physics 9B", "inviter": "Sara Khan"},
        "ban": None, "text_size": "",
        "sessions": [{"id": "1", "created_at": "2026-11-20T08:00:00.000Z", "last_seen": "2026-11-21T08:00:00.000Z", "agent": "Firefox on Linux", "current": True},
                     {"id": "2", "created_at": "2026-11-12T08:00:00.000Z", "last_seen": "2026-11-19T18:20:00.000Z", "agent": "Chrome on Android", "current": False}],
    }
    if page in ("login", "signup", "setup", "join", "banned"):
        data["user"] = None
    if page == "banned":
        data["ban"] = {"until": "2026-11-28T10:00:00.000Z", "until_text": "28 November 2026, 10:00", "reason": "Repeated insults in Physics 9B"}
    if page == "settings":
        data.update(profile=dict(people[0], email="sara@example.org"), saved="", section="", errors={})
    if page == "error":
        data.update(status=404, title="This page does not exist", message="The address may be mistyped, or the page has moved.")
    if page == "admin":
        spam = {"preset": "default", "limit": 8, "span_ms": 10000, "min_gap_ms": 0, "repeat_weight": 2, "bans_s": [60, 300, 3600], "memory_h": 24, "address_limit": 400}
        settings = {"name": "Class 9B", "purpose": "class", "registration": "invite", "spam": spam, "message_characters": 4000, "attachment_bytes": 10485760,
                    "registrations_per_address": 30, "logins_per_address": 10, "connections_per_address": 200, "members_create_rooms": True}
        sanction = {"kind": "ban", "username": "tom", "display_name": "Tom Weber", "reason": "Repeated insults", "by": "ayesha", "until": "2026-11-28T10:00:00.000Z"}
        data.update(settings=settings, users=[dict(each, can_change=each["role"] != "owner") for each in people], sanctions=[sanction, dict(sanction, kind="mute", until=None)],
                    stats={"online": 4, "accounts": 31, "messages": 1284, "writable": True, "version": "0.1.0"},
                    tunnel_url="https://quiet-river.example", tunnel_qr_url="/qr.svg", public_url="http://192.168.1.20:5000", saved="")
    data["boot"] = {"user": data["user"], "room": room, "rooms": rooms, "people": people, "csrf": "token", "lang": "en", "version": "0.1.0",
                    "last_seq": len(data["messages"]), "first_unread": None, "limits": {"text": 4000}, "mute": None}
    if page == "moderation":
        data["boot"] = {"user": people[0], "csrf": "token", "lang": "en", "version": "0.1.0"}
    data.update({key: value for key, value in extra.items() if key != "empty"})
    return data


def main():
    page, lang, theme = sys.argv[1:4]
    words = json.loads((root / f"browser/catalogue/{lang}.json").read_text())
    manifest = json.loads((root / "browser/dist/manifest.json").read_text())

    def t(key, *values):
        text = words[key]
        for index, value in enumerate(values):
            text = text.replace("{%d}" % index, str(value))
        return text

    loader = jinja2.FileSystemLoader(str(root / "templates"))
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.Undefined)
    environment.globals.update(t=t, asset=lambda name: "/assets/" + manifest[name])
    data = context(page, json.load(sys.stdin))
    data.update(lang=lang, dir="rtl" if lang == "ur" else "ltr", theme="" if theme == "system" else theme)
    sys.stdout.write(environment.get_template(page + ".html").render(data))


main()
