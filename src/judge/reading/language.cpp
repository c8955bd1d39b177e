#include "judge/reading/language.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <unordered_map>
#include <utility>

#include "judge/reading/vocabulary.hpp"

namespace soyuz::judge {
namespace {

constexpr std::size_t languages = 16;
constexpr std::array<std::string_view, languages> tags{"und", "en", "ur-Latn", "es", "fr", "de", "it", "pt",
                                                       "nl",  "sv", "tr",      "id", "tl", "ur", "ar", "hi"};

/// The commonest words of each language as the normaliser writes them: without accents.
constexpr std::pair<Language, std::string_view> common_words[] = {
    {Language::english,
     "the is are was were this that these those with and of for from have has had will would should could "
     "can what when where who why how you your they their she he my it its we our just like about there an "
     "does did been because some any very i not do be to in on at by or if so no me him her them us am "
     "then than more out up but all one get go know think want see really good people time here now off "
     "too much many"},
    {Language::roman_urdu,
     "hai hain hoon hun tha thi ka ki ke ko mein mai mujhe mera meri mere tum tu tera teri tere tujhe "
     "tumhe aap apka apki nahi nahin nhi kya kyun kaise kab kahan kidhar ye yeh wo woh uska uski aur bhi "
     "toh par liye kar karo kr raha rahi rahe gaya gayi bhai yaar acha theek sab kuch koi bohat bahut log "
     "baat ghar hota hua wala wali hum ham abhi phir sirf agar lekin magar ji se na ho"},
    {Language::spanish,
     "el la los las de que y en un una por con para no es se lo le su al como mas pero sus ya muy esta "
     "este estas son fue tengo tiene hay yo tu mi te me nos ella ellos donde cuando porque quien hola "
     "gracias bueno buenos dias hijo vete voy eres del todo nada ser"},
    {Language::french,
     "le la les des de du et en un une est que qui dans pour pas plus sur avec ce cette ces il elle je tu "
     "nous vous ils suis es sont ai as avons avez ont mon ma mes ton ta tes son sa ses au aux ne se tout "
     "mais ou comme bonjour merci desole oui non quoi chez retard toi moi etre fait va"},
    {Language::german,
     "der die das und ist nicht ein eine einen dem den des zu mit auf von im ich du er sie es wir ihr sind "
     "bin bist war haben habe hat wird auch noch nur aber oder wie was wenn dann sehr gut mein dein sein "
     "kein keine mehr nach bei aus dich mich dir mir heute doch schon ja nein bitte danke"},
    {Language::italian,
     "il lo la gli le di che e un una per con non sono sei ho hai ha abbiamo mi ti si ci vi del della dei "
     "delle nel nella al alla anche ma se come piu molto questo questa bene grazie ciao perche quando dove "
     "io tu lui lei noi voi loro tutto mia mio tua tuo"},
    {Language::portuguese,
     "o os as de que e em um uma para com nao por mais se na no da do das dos ao eu voce ele ela nos eles "
     "meu minha seu sua muito isso esta este foi sao tem ser obrigado ola tambem mas ou como quando onde "
     "porque bom dia vai voces"},
    {Language::dutch,
     "de het een en van ik je jij hij zij we wij jullie niet is dat die in te op met voor er maar om hem "
     "dan zou wat mijn jouw ben bent heeft heb naar ook als nog wel geen waar hoe hoer kunt u kan gaat "
     "goed dank dit deze zijn worden wordt"},
    {Language::swedish,
     "och att det som en ett jag du han hon vi ni de inte ar var med for pa av till om den har kan ska "
     "vill men sa nu mycket bra ocksa fran mig dig min din sin hej tack vad hur nar dar efter film slut"},
    {Language::turkish,
     "ve bir bu da de ben sen o biz siz onlar icin ile ne var yok degil mi mu cok ama gibi daha kadar "
     "sonra nasil neden evet hayir tamam bana sana benim senin oyle boyle simdi olarak olan iyi gun "
     "merhaba tesekkur kim her sey"},
    {Language::indonesian,
     "yang dan di ke dari ini itu untuk dengan tidak ada saya aku kamu dia kami kita mereka akan bisa "
     "sudah belum juga tapi atau karena apa siapa kapan dimana bagaimana lagi sangat terima kasih selamat "
     "pagi orang lu gue nggak gak aja banget sama mau anak"},
    {Language::tagalog,
     "ang ng sa na mga ay ako ikaw siya kami tayo kayo sila hindi oo ito iyan iyon may wala lang din rin "
     "naman pero kung para po opo salamat kumusta ka ko mo niya natin kasi dito diyan mahal kita ba yung"}};

/// For each word the languages whose word it is, one bit each. Open addressing; hash zero is free.
class Table {
public:
    Table() {
        for (auto const& [language, words] : common_words) {
            for (std::size_t from = 0; from < words.size();) {
                auto const to = std::min(words.find(' ', from), words.size());
                auto const hash = static_cast<std::uint32_t>(hash_of(words.substr(from, to - from)));
                auto& slot = slots_[place(hash)];
                slot.hash = hash;
                slot.languages |= 1u << static_cast<unsigned>(language);
                from = to + 1;
            }
        }
    }

    std::uint32_t languages_of(std::uint64_t hash) const {
        return slots_[place(static_cast<std::uint32_t>(hash))].languages;
    }

private:
    static constexpr std::size_t size = 2048;
    struct Slot {
        std::uint32_t hash = 0, languages = 0;
    };

    std::size_t place(std::uint32_t hash) const {
        auto at = hash % size;
        while (slots_[at].hash != 0 && slots_[at].hash != hash) at = (at + 1) % size;
        return at;
    }

    std::array<Slot, size> slots_{};
};

constexpr std::size_t place_of(Language language) { return static_cast<std::size_t>(language); }

/// Arabic script is read as Urdu where a letter stands that Arabic does not have.
Language by_script(ReadText const& text) {
    std::size_t arabic = 0, devanagari = 0, urdu_letters = 0;
    for (auto const& glyph : text.glyphs) {
        auto const point = glyph.point;
        arabic += point >= 0x600 && point <= 0x6FF;
        devanagari += point >= 0x900 && point <= 0x97F;
        // Letters that Arabic lacks and that folding has not made of others.
        urdu_letters += point == 0x679 || point == 0x67E || point == 0x686 || point == 0x688 || point == 0x691 ||
                        point == 0x6AF || point == 0x6BA || point == 0x6D2;
    }
    if (devanagari > arabic) return Language::hindi;
    if (arabic == 0) return Language::unknown;
    return urdu_letters > 0 ? Language::urdu : Language::arabic;
}

}  // namespace

std::string_view tag(Language language) { return tags[place_of(language)]; }

Language language_of_tag(std::string_view tag) {
    for (std::size_t i = 0; i < languages; ++i)
        if (tags[i] == tag) return static_cast<Language>(i);
    return Language::unknown;
}

Language guess_language(ReadText const& text) {
    static Table const table;
    if (text.shape.other_script * 2 > text.shape.letters) return by_script(text);
    std::array<std::uint32_t, languages> counts{};
    for (auto const& token : text.tokens) {
        if (token.kind != Token::Kind::word) continue;
        for (auto all = table.languages_of(token.hash); all != 0; all &= all - 1)
            ++counts[static_cast<std::size_t>(std::countr_zero(all))];
    }
    auto const english = counts[place_of(Language::english)], urdu = counts[place_of(Language::roman_urdu)];
    auto const known = std::max(english, urdu);
    auto best = Language::unknown;
    std::uint32_t most = 0;
    for (auto i = place_of(Language::spanish); i <= place_of(Language::tagalog); ++i)
        if (counts[i] > most) {
            most = counts[i];
            best = static_cast<Language>(i);
        }
    if (most > known && most >= 2) return best;
    if (known == 0) return Language::unknown;
    return urdu > english ? Language::roman_urdu : Language::english;
}

}  // namespace soyuz::judge
