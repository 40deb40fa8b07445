"""A hundred texts written for the golden vectors, and texts that spell out a tokenizer's special tokens."""

from itertools import islice, product

TWEETS = [
    "Finally got the window seat on the 7am train and there's a whole sunrise out there \U0001f305 #smallwins",
    "@northlinerail forty minutes on the platform and not one announcement. Do better. \U0001f621",
    "the way this cat judges me when I skip breakfast \U0001f602\U0001f602\U0001f602",
    "New kettle day!!! It whistles in tune \U0001fad6\u2728 @teapotclub you were right",
    "ok but who decided that 4 pm meetings on a friday are legal???",
    "Just ran my first 10k in the rain \U0001f3c3\u200d\u2640\ufe0f\U0001f327\ufe0f legs = jelly, heart = full \u2764\ufe0f #running",
    "RT @harbourcafe: we are out of cinnamon buns until thursday, send help",
    "Lost my umbrella AND my keys. Monday is mondaying. #fml",
    "so proud of my sister \U0001f469\u200d\U0001f393 first in the family!!! \U0001f389\U0001f389",
    "is it just me or did the new update make the app slower? @mapmakers pls fix",
    "gooooood mooooorning everyoneeee \U0001f31e",
    "smh another penalty missed. I can't watch this team anymore \U0001f926\U0001f3fd\u200d\u2642\ufe0f",
    "Watching the harbour lights from the roof. No filter needed. https://example.org/p/81?x=1&y=2",
    "My neighbor plays the trumpet at 6 am. He is not improving \U0001f3ba\U0001f62d",
    "not gonna lie, the soup was better than the concert",
    "\U0001f1eb\U0001f1ee\U0001f1ef\U0001f1f5 what a match! 3-3 and nobody slept #worldcup",
    "Dear airline, my bag went to Oslo. I did not. Sincerely, cold in Porto.",
    "LOVE LOVE LOVE this song, on repeat since tuesday \U0001f3b6",
    "Meh. Expected more from the finale tbh :/",
    "thx to whoever left a coat on the fence for the homeless guy. faith restored <3",
]
REVIEWS = [
    "A quiet film about two brothers and a boat, and one of the few this year that trusts its audience.",
    "Two hours of explosions and not a single reason to care.",
    "The battery lasts two days, the camera is fine, and the case creaks. Good value all the same.",
    "Do not buy. It broke within a week and the seller never answered.",
    "We came for the noodles and stayed for the plum cake; the waiter remembered my daughter's name.",
    "Not bad, not great. The plot drags, but the last ten minutes are worth the ticket.",
    "I wanted to hate this book and could not put it down.",
    "Room was clean, bed was hard, breakfast was a sad banana.",
    "An overlong, self-satisfied mess that mistakes whispering for depth.",
    "Five stars for the staff, one star for the lift that never came.",
    "The headphones are light and the sound is warm, but the left cup hums whenever the phone rings.",
    "Delightful from the first frame to the last, with a score that hums along like a bicycle in summer.",
    "If you enjoy waiting on hold, this is the internet provider for you.",
    "It is hard to dislike a comedy this gentle, and harder to remember it the next morning.",
    "Shoes fit perfectly, arrived early, and survived a muddy weekend.",
    "Neither funny nor frightening, which is a problem for a horror comedy.",
    "Our guide knew every stone of the old town and told its stories as if she had been there.",
    "The soup was cold, the bill was not.",
    "Great acting can't rescue dialogue that sounds translated twice.",
    "Honestly the best \u00a312 I have spent all year.",
]
MESSAGES = [
    "WINNER!! You have been picked for a 500 pound voucher. Txt CLAIM to 80099 now. T&Cs apply, 18+",
    "hey r u still coming 2nite? mum made lasagne",
    "Ok lor, meet u at the bus stop then",
    "URGENT: your parcel is held at our depot. Pay the 1.99 fee at http://parcel.example/pay within 24h",
    "Can you pick up milk and the blue folder? Back by six x",
    "FREE ringtones 4 a month! Reply YES. Stop? Reply NO. 150p/msg",
    "Sorry, in a meeting. Will call later.",
    "gud nite dear, sweet dreams ;-)",
    "Your one-time code is 482913. Do not share it with anyone.",
    "Haha no way, tell me everything tomorrow",
    "Dr Lindqvist can see you on Tue 14/3 at 09:40. Reply C to confirm.",
    "Congratulations ur number won a cruise 4 two! Call 0900-555-0199 b4 midnite",
]
SENTENCES = [
    "How do I reset the clock on the oven without the manual?",
    "The council approved the new bridge by nine votes to four on Wednesday evening.",
    "Water boils at a lower temperature on a mountain because the air presses less.",
    "Refund has not arrived after three weeks; order 77-1031, please escalate.",
    "She sold sea shells until the tide took the stall.",
    "Profit fell 12.5% to $3.1bn as freight costs rose, the company said.",
    "Is there a vegetarian option, and does it contain nuts?",
    "Aino Virtanen flew from Helsinki to Reykjav\u00edk with Kestrel Air on 3 May 2021.",
    "The quick answer is no; the long answer is no, with footnotes.",
    "Rain is expected in the west, clearing by noon.",
    "To be, or rather not to be seen, was all the fox wanted.",
    "for (let i = 0; i < n; i++) total += price[i] * 1.24; // with tax",
]
ODD = [
    "", " ", "\n\t \r\n", "a", "7", "?", "\u2026", "!!!", ".", "-", "\"", "\u00e9", "\u65e5",
    "Cr\u00e8me br\u00fbl\u00e9e, jalape\u00f1o, \u0141\u00f3d\u017a, \u00c5ngstr\u00f6m, \u0130stanbul, stra\u00dfe",
    "Cre\u0300me bru\u0302le\u0301e, jalapen\u0303o",
    "\u6771\u4eac\u306f\u4eca\u65e5\u3082\u6674\u308c\u3067\u3059\u3002\u660e\u65e5\u306f\u96e8\u3067\u3057\u3087\u3046\u3002",
    "\u6211\u5011\u660e\u5929\u53bb\u6d77\u908a\uff0c\u4f60\u8981\u4e00\u8d77\u4f86\u55ce\uff1f",
    "\uc624\ub298 \ub0a0\uc528\uac00 \uc815\ub9d0 \uc88b\ub124\uc694",
    "\u0645\u0631\u062d\u0628\u0627\u060c \u0643\u064a\u0641 \u062d\u0627\u0644\u0643\u061f",
    "\u0421\u0435\u0433\u043e\u0434\u043d\u044f \u0445\u043e\u0440\u043e\u0448\u0430\u044f \u043f\u043e\u0433\u043e\u0434\u0430",
    "Fish &amp; chips &lt;b&gt;only&lt;/b&gt; &pound;5 &#8211; caf&eacute; &quot;Blue&quot;",
    "bell\u0007 null\u0000 escape\u001b[31m delete\u007f next\u0085line",
    "zero\u200bwidth soft\u00adhyphen word\u2060joiner \ufefftext",
    "\U0001f600\U0001f4a9\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466\U0001f3f4\u200d\u2620\ufe0f",
    "o" * 120 + " is a long word",
    "\uff26\uff55\uff4c\uff4c\u3000\uff57\uff49\uff44\uff54\uff48 \ufb01sh \ufb02y \u2460 \u00bd \u2122",
    "aaaaaa bbbbbb aaaaaa bbbbbb", "ALL CAPS AND NO MANNERS",
]


def long_text(start: int, sentences: int) -> str:
    """`sentences` sentences in a row, no two alike: of 24 * 20 combinations those from `start` on."""
    subjects = [
        "The baker on the corner", "My oldest friend", "A retired sailor", "Nobody in the office", "The new tenant",
        "Every second visitor", "The choir from the valley", "An impatient tourist", "Our landlord's dog",
        "The woman with the green bicycle", "A child in a yellow coat", "The night porter", "The mayor's brother",
        "One of the referees", "The violin teacher", "A couple from the coast", "The late shift", "The whole village",
        "Somebody's grandmother", "The boy at the ticket desk", "A painter I once met", "The last bus driver",
        "The landlady upstairs", "An old colleague of mine"]
    deeds = [
        "swears that the soup was saltier before the war", "collects umbrellas that others forget on trains",
        "could not explain why the lights went out at nine", "was delighted with the noise and the crowd",
        "complained for weeks about the price of stamps", "never answers the phone before noon on Sundays",
        "walked home along the river because the road was closed", "thought the second act was far too long",
        "has been saving for a small boat since the spring", "keeps a list of every film that ended badly",
        "would rather repair a kettle than buy another one", "found the hotel cold, damp and oddly charming",
        "laughed so hard that the waiter brought water", "left early and missed the only good song",
        "writes angry letters in very polite handwriting", "still remembers the smell of the old library",
        "lost a glove in the snow and a bet in the bar", "refuses to believe that the shop has closed",
        "grows tomatoes on a balcony facing north", "gave the room four stars and the view five"]
    pairs = [(subject, deed) for deed, subject in product(deeds, subjects)]
    return " ".join(f"{subject} {deed}." for subject, deed in islice(pairs, start, start + sentences))


LONG = [long_text(*part) for part in ((0, 5), (40, 18), (90, 22), (150, 31), (210, 36), (260, 40), (330, 48), (400, 60))]

TEXTS = [*TWEETS, *REVIEWS, *MESSAGES, *SENTENCES, *LONG, *ODD]

LITERAL = [
    "[CLS]", "[PAD]", "[MASK] is a word here", "[CLS] and [SEP] in the middle [SEP] of a text", "[UNK][UNK] twice",
    "lower case [mask] and spaced [ MASK ] and [PAD][PAD][PAD] good",
]
