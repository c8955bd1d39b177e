#!/usr/bin/env node
// Writes sentences of our own, labelled, as CSV for `soyuz train`:
//   node tools/moderation-templates.mjs > templates.csv
// They come in pairs that differ only in what makes them toxic (who is meant, a "not", a thing in place of a person), so
// that the classifier learns that difference and not the words around it. The same output on every run.

const rows = [];
let state = 12345;
const draw = (list) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return list[Math.floor((state / 2147483648) * list.length)];
};
const fill = (template, words) =>
    template.replace(/\{(\w+)\}/g, (_, name) => draw(words[name] ?? [name]));
const add = (label, count, templates, words) => {
    for (const template of templates)
        for (let i = 0; i < count; ++i) rows.push([fill(template, words), label]);
};

const groups = ['muslims', 'jews', 'black people', 'women', 'gay people', 'trans people', 'immigrants', 'refugees', 'hindus', 'christians', 'disabled people', 'pakistanis', 'indians', 'mexicans', 'lesbians', 'sikhs', 'ahmadis', 'pathans', 'arabs', 'asians', 'africans'];
const one = ['muslim', 'jew', 'black man', 'woman', 'gay man', 'trans woman', 'immigrant', 'refugee', 'hindu', 'christian', 'disabled person', 'pakistani', 'indian', 'mexican', 'lesbian', 'sikh'];
const vile = ['disgusting', 'scum', 'vermin', 'parasites', 'filth', 'evil', 'dirty', 'animals', 'inferior', 'worthless', 'savages', 'stupid', 'a plague', 'a disease', 'trash', 'subhuman', 'criminals', 'terrorists', 'rats', 'monsters', 'dangerous', 'lazy', 'a burden on all of us', 'the worst', 'freaks', 'sick in the head', 'not really human', 'ruining our country', 'nothing but trouble'];
const harm = ['killed', 'shot', 'hanged', 'beaten', 'deported', 'wiped out', 'burned alive', 'locked up', 'exterminated', 'thrown out', 'gassed', 'punished', 'stoned', 'attacked', 'removed from society'];
const kind = ['wonderful', 'great people', 'our neighbours', 'welcome here', 'kind', 'friendly', 'equal', 'just like everyone else', 'part of our town', 'clever', 'beautiful', 'brave', 'my best friends', 'doctors and teachers', 'human beings', 'amazing', 'hard working'];
const good = ['loved', 'respected', 'welcomed', 'helped', 'protected', 'treated fairly', 'celebrated', 'included', 'heard', 'paid the same'];
const things = ['mondays', 'homework', 'spiders', 'traffic', 'cold tea', 'this game', 'the rain', 'exams', 'broccoli', 'onions', 'my alarm clock', 'long meetings', 'slow wifi', 'bugs in my code', 'this chair', 'loud music', 'losing', 'commercials'];
const trades = ['lawyers', 'bankers', 'artists', 'politicians', 'dentists', 'referees', 'bus drivers', 'influencers', 'managers', 'landlords', 'capitalists', 'journalists', 'football fans', 'gamers', 'vegetarians'];
const w = { groups, one, vile, harm, kind, good, things, trades };

add(1, 24, ['{groups} are {vile}', 'all {groups} are {vile}', 'i think {groups} are {vile}', '{groups} are {vile} and everybody knows it', 'why are {groups} so {vile}', 'honestly, {groups} are {vile}', 'you know {groups} are {vile}, right?', '{groups} should be {harm}', 'we should have all {groups} {harm}', 'every {one} must be {harm}', 'i wish all {groups} would be {harm}'], w);
add(1, 12, ['i hate {groups}', 'i really hate {groups}', 'i despise {groups}', 'i cannot stand {groups}', '{groups} disgust me', '{groups} make me sick', 'i am going to hurt a {one}', 'i will kill every {one} i see', 'kill all {groups}', 'get rid of all {groups}', 'no {groups} in our school', '{groups} do not belong here', '{groups} do not deserve to live', 'the world would be better without {groups}', 'i would never trust a {one}', '{groups} have no place in our country', 'that {one} is {vile}', 'this {one} next to me is {vile}. they should be {harm}', 'you are just a {one} to me', 'send all {groups} back where they came from', '{groups} are not fit for this job', 'i wish you were not a {one}, you are {vile}', 'fuck {groups}', '{groups} can go to hell', 'there is nothing good about {groups}', '{groups} are everywhere now. they are {vile}', 'look at those {groups}. i want them {harm}'], w);
add(0, 24, ['{groups} are {kind}', 'all {groups} are {kind}', 'i think {groups} are {kind}', '{groups} should be {good}', 'every {one} should be {good}', '{groups} are not {vile}', 'nobody should say that {groups} are {vile}', 'saying that {groups} are {vile} is wrong', 'no {one} should ever be {harm}', 'it is wrong that {groups} are being {harm}', 'some people think {groups} are {vile} but that is a lie'], w);
add(0, 14, ['i love {groups}', 'i do not hate {groups}', 'i am a {one}', 'i am a proud {one}', 'my friend is a {one}', 'a {one} lives next door', '{groups} live in my town', 'there are many {groups} in our class', 'the film is about a {one}', 'my mother worked with {groups}', 'how many {groups} live in europe', '{groups} have rights', 'hating {groups} is never okay', 'stop attacking {groups}', 'she wrote an essay about {groups}', 'the {one} on the bus gave me his seat', 'we talked about {groups} in history', 'being a {one} is nothing to be ashamed of', 'as a {one} i feel safe here', 'the word is hurtful to {groups}, please do not use it', '{groups} celebrate the holiday today', 'the teacher is a {one}', 'happy to meet other {groups} here'], w);
add(0, 16, ['i hate {things}', 'i really hate {things}', '{things} are disgusting', '{things} should be banned', '{things} make me sick', 'i want to destroy {things}', '{things} are the worst', 'fix {things} or kill it', '{trades} are annoying', 'i do not like {trades}', '{things} are killing me', 'i cannot stand {things}', 'death to {things}', '{things} are trash', 'stupid {things}'], w);

const insult = ['idiot', 'moron', 'loser', 'clown', 'fool', 'dumbass', 'pig', 'creep', 'failure', 'coward', 'noob', 'trash player', 'waste of space', 'joke', 'disgrace'];
const praise = ['star', 'genius', 'hero', 'legend', 'champion', 'good friend', 'great player', 'kind soul', 'winner', 'blessing', 'talent', 'leader'];
const v = { insult, praise, bad: ['ugly', 'stupid', 'pathetic', 'worthless', 'fat', 'useless', 'disgusting', 'dumb', 'trash', 'brainless'], nice: ['smart', 'kind', 'funny', 'brave', 'lovely', 'clever', 'welcome', 'important', 'good enough', 'pretty'], who: ['you', 'u', 'your team', 'your friend', 'your family'] };
add(1, 15, ['you are a {insult}', 'you are such a {insult}', 'ur a {insult}', 'shut up you {insult}', 'what a {insult} you are', 'you {insult}', '{who} are {bad}', 'you look {bad}', 'you are so {bad}', 'nobody likes you {insult}', 'go away {insult}', 'you play like a {insult}', 'uninstall the game {insult}', 'everyone thinks you are {bad}', 'you will always be a {insult}', 'get lost {insult}', 'your face is {bad}'], v);
add(0, 15, ['you are a {praise}', 'you are such a {praise}', 'ur a {praise}', 'what a {praise} you are', 'you are not a {insult}', 'you are so {nice}', 'you are not {bad}, you are {nice}', 'you look {nice}', 'i am such a {insult}', 'i feel {bad} today', 'everyone thinks you are {nice}', 'never call anyone a {insult}', 'you play like a {praise}', 'i was a {insult} to trust that map', 'please do not say that she is {bad}'], v);

const t = { kill: ['kill', 'stab', 'shoot', 'beat', 'hurt', 'strangle', 'burn', 'punch'], when: ['after school', 'tomorrow', 'tonight', 'when i see you', 'in your sleep', 'at the gate', ''], pics: ['nudes', 'naked pics', 'sexy photos of you', 'pics without clothes'], thing: ['process', 'task', 'server', 'dragon', 'boss', 'zombie', 'engine', 'lights', 'script', 'monster', 'tab', 'daemon'] };
add(1, 14, ['i will {kill} you {when}', 'i am going to {kill} you {when}', 'im gonna {kill} you {when}', 'i want to {kill} you', 'you will die {when}', 'i know where you live', 'watch your back {when}', 'go die', 'kill yourself', 'you should kill yourself', 'send me {pics}', 'send {pics} now', 'show me {pics}', 'hope you die {when}', 'i will find you and {kill} you', 'drink bleach', 'hang yourself', 'you deserve to die'], t);
add(0, 14, ['kill the {thing}', 'we {kill} the {thing} {when}', 'i will call you {when}', 'i am going to help you {when}', 'see you {when}', 'send me the notes', 'send photos of the whiteboard', 'show me your homework', 'i know where the school is', 'watch the match {when}', 'the {thing} died again', 'how do i kill a {thing}', 'shoot the {thing} from the roof', 'i will find you a seat', 'hope you win {when}', 'you deserve a break', 'drink water and rest'], t);

const u = { gaali: ['bewakoof', 'pagal', 'gadha', 'kamina', 'zaleel', 'jahil', 'harami', 'kutta', 'ullu', 'beghairat', 'badtameez', 'besharam', 'nalaiq', 'ghatiya', 'kanjar', 'chutiya', 'gandu', 'haramzada'], acha: ['acha', 'pyara', 'mehnati', 'achi', 'zaheen', 'khush', 'thaka hua', 'mashhoor', 'naya', 'chota', 'bara', 'sharif'], kaam: ['homework', 'kaam', 'test', 'khana', 'match', 'project', 'safar', 'class', 'kitab', 'chai'] };
add(1, 10, ['tum {gaali} ho', 'tu {gaali} hai', 'chup kar {gaali}', '{gaali} insan', 'kitna {gaali} hai tu', 'wo {gaali} hai', 'abe {gaali}', '{gaali}', 'tum sab {gaali} ho', 'dafa ho {gaali}', 'kya {gaali} log hain', 'teri shakal dekh {gaali}', 'jaan se maar dunga {gaali}', 'mar ja {gaali}'], u);
add(0, 14, ['tum {acha} ho', 'tu bohat {acha} hai', 'chup kar ke {kaam} karo', '{acha} insan', 'kitna {acha} {kaam} hai', 'wo {acha} hai', 'yaar {kaam} ho gaya', 'mera {kaam} khatam', 'kal {kaam} hai kya', 'tum sab {acha} ho', '{kaam} kaisa tha', 'aaj ka {kaam} {acha} tha', 'mujhe {kaam} bhej do', 'ammi ne {kaam} ka kaha', 'kya haal hai bhai', 'shukriya {kaam} ke liye', 'chutti kab hai', 'choti si baat hai', 'teacher ne {kaam} diya', 'bhai {kaam} kar lo'], u);

// Bad things, bad days and one's own failures are nobody's insult; nor are the words of lessons, animals and bodies.
const n = {
    nasty: ['nasty', 'terrible', 'awful', 'horrible', 'disgusting', 'evil', 'ugly', 'stupid', 'annoying', 'damp', 'filthy', 'dirty', 'sick', 'crazy', 'insane', 'brutal', 'painful', 'useless', 'dead', 'rotten'],
    item: ['race condition', 'cache', 'room', 'smell', 'kitchen', 'bug', 'test', 'weather', 'paparazzi', 'wallpaper', 'sandwich', 'headache', 'traffic', 'storm', 'mistake', 'cough', 'recipe', 'road', 'weekend', 'keyboard', 'printer', 'update', 'match', 'accident', 'dentist', 'basement', 'carpet', 'bathroom', 'queue', 'chess game'],
    skill: ['chess', 'maths', 'drawing', 'cooking', 'football', 'spelling', 'physics', 'singing', 'names', 'waking up early', 'this game', 'parking', 'dancing', 'english'],
    animal: ['lion', 'snake', 'pig', 'dog', 'rat', 'cow', 'monkey', 'donkey', 'shark', 'spider', 'owl', 'goat'],
    organ: ['penis', 'vagina', 'uterus', 'breast', 'ovary', 'testicle', 'prostate', 'cervix'],
    lesson: ['slavery', 'the holocaust', 'world war two', 'genocide', 'racism', 'colonialism', 'apartheid', 'the crusades', 'terrorism', 'suicide prevention', 'hate speech', 'sexism', 'bullying', 'drug abuse', 'the death penalty', 'evolution', 'puberty', 'human reproduction'],
    cause: ['hatred', 'violence', 'racism', 'attacks', 'prejudice', 'discrimination', 'bullying', 'abuse'],
};
add(0, 12, ['the {item} was {nasty}', 'what a {nasty} {item}', 'there is a {nasty} {item} in the {item}', 'the {item} smells {nasty}', 'that {item} looks {nasty}', 'i had a {nasty} {item} yesterday', 'sorry for the {nasty} {item}', 'too bad about the {item}', 'i think that the {item} is {nasty}', 'this {nasty} {item} in the {item}', 'my {item} is {nasty} again'], n);
add(0, 8, ['i am {nasty} at {skill}', 'i am so bad at {skill}', 'i was {nasty} at {skill} in school', 'my {skill} is {nasty}', 'he is not good at {skill} but he tries', 'we are all {nasty} at {skill}'], n);
add(0, 10, ['we learn about {lesson} today', 'our essay is about {lesson}', 'the film is about {lesson}', 'why did {lesson} happen', 'can you explain {lesson} to me', 'the {organ} is part of the human body', 'the test asks about the {organ} and the {organ}', 'what does the {organ} do', '{organ} cancer can be treated', 'the {animal} ate the {animal}', 'a {animal} is an animal', 'my uncle has a {animal} and a {animal}', 'the {animal} kills the {animal}', 'draw a {animal} next to the {animal}'], n);
add(0, 10, ['we must stop {cause} against {groups}', 'stop {cause} against {groups}', 'end {cause} against every {one}', 'i am against {cause} of any kind', 'i wish every {one} had friends who support them', 'i wish all {groups} well', '{groups} face {cause} every day', 'the law protects {groups} from {cause}', 'nobody should be insulted for being a {one}', 'it is a lie that {groups} are {vile}'], { ...w, ...n });
add(1, 10, ['there is nothing good about {groups}', 'if you are a {one} you are nothing to me', 'imagine being a {one}, how {vile}', 'the only good thing is that {groups} die', 'everybody hates {groups}', 'who let the {groups} in', '{groups} everywhere, they are {vile}', 'you are just as {vile} as every {one}', '{groups} are the reason everything is bad', 'go back home {one}'], w);
const x = { janwar: ['kutta', 'gadha', 'ullu', 'bandar', 'suar', 'kutte', 'gadhe', 'billi', 'bakra', 'saanp'] };
add(0, 10, ['{janwar} ek janwar hai', 'gali mein {janwar} hai', 'mere paas ek {janwar} hai', '{janwar} aur {janwar} khet mein hain', 'zoo mein {janwar} dekha', '{janwar} ko khana do', 'bachay {janwar} se khel rahe hain', '{janwar} bhaag gaya', 'kahani mein ek {janwar} tha'], x);

const seen = new Set();
console.log('text,label,source');
for (const [text, label] of rows) {
    const clean = text.trim();
    if (seen.has(clean)) continue;
    seen.add(clean);
    console.log(`"${clean.replaceAll('"', '""')}",${label},templates`);
}
