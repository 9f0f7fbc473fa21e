"""Texts for synthetic speech, rich in labials and vowels: sentences, word lists and invented words."""

from typing import Final

import numpy as np

SENTENCES: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "Pamela paid for five warm plum puddings by the pub.",
        "We may move the beams above the pumping room.",
        "Why would Bob wave both thumbs at a bumblebee?",
        "My mother found a map of the old farm beneath the floor.",
        "The boy who threw the ball grew up to rule the valley.",
        "Open the window before you boil the beef and broth.",
        "You owe me an apple, an orange and half a melon!",
        "Few people view the moon from the roof of a museum.",
        "Keep calm; the ship will pop up on our map by five.",
        "Quite obviously, the quick white owl swooped over us.",
    ),
    "es": (
        "Mi abuela compra pan blanco y buenas ciruelas.",
        "El puma bebe agua bajo el puente viejo.",
        "¿Por qué no vamos a buscar una bombilla nueva?",
        "Pepe y Paloma bailan un vals en la plaza.",
        "Hubo mucha lluvia y un frío fuerte en febrero.",
        "Me duele la muela, pero puedo comer membrillo.",
    ),
    "fr": (
        "Ma mère pose un beau bouquet sur le buffet bleu.",
        "Peux-tu m'ouvrir la porte du bureau, s'il te plaît ?",
        "Nous voulons un peu de beurre et une pomme mûre.",
        "Le bébé bouge et fait des bulles dans son bain.",
        "Il pleut beaucoup, mais le vent ne fait pas peur.",
        "Une fois la fumée partie, on vit mieux le pont.",
    ),
    "it": (
        "Il bambino beve un po' di brodo e mangia la pappa.",
        "Buongiorno, vuole un bel piatto di fave fresche?",
        "Mio fratello ha comprato una bambola e un pupazzo.",
        "Prova a muovere la bocca quando parli piano.",
        "Dopo la pioggia vedemmo un ampio ponte rosso.",
        "Gli uomini aprono bottega prima di mezzogiorno.",
    ),
    "hi": (
        "मेरी माँ ने बाज़ार से पपीता और अमरूद खरीदा।",
        "बाबूजी, आप पूरब की ओर मुड़ जाइए।",
        "मामा ने भोपाल में एक बड़ा मकान बनवाया।",
        "फूल वाला ऊँची आवाज़ में बोल रहा था।",
        "पापा ने कमरे में पंखा और बत्ती बंद की।",
        "ओम और उमा मिलकर एक मीठा आम खाते हैं।",
    ),
}  # fmt: skip
"""By language, without region."""

WORDS: Final[dict[str, str]] = {
    "en": "pepper bubble mammoth bamboo plum wool foam vivid behave problem april maple pumpkin umbrella favour beef "
          "thumb moth weave swap robe cube move oboe oval audio idea area owe you why boy cow ear air poor cure "
          "shop church garage measure yellow onion button little bottle mirror thirty mother breath booth",
    "es": "papa bomba mamá pluma abeja fuego viento llave hueso buey cuota aire peine deuda agua ombligo enfermo "
          "campo sombra árbol pimienta vaivén febrero muñeca jabón queso chiste guapo ruido lluvia obvio apto",
    "fr": "pomme bombe mammouth bouée plume feuille vapeur beurre oeuf bœufs lune roi oui huit puits pain brun bon "
          "blanc peuple fumée ombre ample bijou chapeau jambe vivre façade moineau aïeul pyjama bambou abîme",
    "it": "mamma pappa bomba babbo fumo vuoto uovo uomo aiuola pioggia gomma campo ombra impiego abbuono buio "
          "febbre vivo muffa pompelmo zampa sciopero gnomo bagno chiave guerra quadro pepe bambù opuscolo",
    "hi": "माँ पापा बाबा भाभी फूल वन आम ऊपर ओस औरत ऐनक इमली ईख उल्लू पानी बमबारी मोम पंप सब्ज़ी भूमि वापस प्रेम "
          "बर्फ़ मुँह चम्मच गुफा अभाव बीबी पपीहा",
}  # fmt: skip

_ONSETS: Final = (*"ppbbmmffvwwtdnslkɡjh", "ʃ", "tʃ", "pl", "br", "fl", "")
_VOWELS: Final = {
    "en": ("æ", "ɑː", "ɔː", "uː", "iː", "ɛ", "ɪ", "ʊ", "ʌ", "eɪ", "aɪ", "oʊ", "aʊ", "ɔɪ"),
    "es": ("a", "e", "i", "o", "u", "wa", "we", "ja"),
    "fr": ("a", "e", "ɛ", "i", "o", "ɔ", "u", "y", "ø", "œ", "ɑ̃", "ɔ̃", "ɛ̃"),
    "it": ("a", "e", "ɛ", "i", "o", "ɔ", "u", "wɔ", "ja"),
    "hi": ("aː", "ʌ", "iː", "ɪ", "uː", "ʊ", "eː", "oː", "ɛː", "ɔː"),
}
_CODAS: Final = ("", "", "", "m", "n", "p", "l", "s", "b", "f")


def sentence(language: str, random: np.random.Generator) -> str:
    """Return one of the sentences of a language such as "en-gb"."""
    return str(random.choice(SENTENCES[language[:2]]))


def word_list(language: str, random: np.random.Generator) -> str:
    """Return four to eight random words of a language, half of the time with a comma among them."""
    words = random.choice(WORDS[language[:2]].split(), random.integers(4, 9), replace=False).tolist()
    if random.random() < 0.5:
        words[len(words) // 2] += ","
    return " ".join(words) + "."


def invented(language: str, random: np.random.Generator) -> str:
    """Return four to seven invented words as IPA symbols, with the vowels of a language."""
    words = []
    for _ in range(random.integers(4, 8)):
        n_syllables = int(random.integers(1, 4))
        stressed = int(random.integers(n_syllables))
        syllables = [
            str(random.choice(_ONSETS)) + ("ˈ" if index == stressed else "") + str(random.choice(_VOWELS[language[:2]]))
            for index in range(n_syllables)
        ]
        words.append("".join(syllables) + str(random.choice(_CODAS)))
    return " ".join(words) + "."
