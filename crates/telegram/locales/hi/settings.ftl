# सेटिंग: किससे मिलना है, चैट में क्या आए-जाए, कब शांति रहे, और भाषा।

settings-title = सेटिंग
settings-language = बॉट की भाषा: { $language }
settings-wanted = आपको मिलना है: { $genders }
settings-ages = उम्र: { $low }–{ $high }
settings-ages-from = उम्र: { $low } और उससे अधिक
settings-ages-any = उम्र: कोई भी
settings-country = देश: { $country }
settings-country-any = देश: कोई भी
settings-note = चल रही खोज में बदलाव तुरंत लागू होते हैं।
settings-edit-consent = मेरी सहमति वापस लें
unconsent-title = अपनी सहमति वापस लें?
unconsent-body = आपने सहमति दी थी कि आपको किससे मिलना है, यह साथी खोजने में काम आए; इससे आपके यौन रुझान का अंदाज़ा हो सकता है। इसे वापस लेने पर खोज तुरंत रुक जाती है, आपको किससे मिलना है यह मिटा दिया जाता है, और अगली खोज से पहले आपसे फिर पूछा जाता है। चल रही चैट बनी रहती है। सब कुछ हटाने के लिए /delete_me भेजें।
unconsent-yes = हाँ, वापस लें
unconsented = आपकी सहमति वापस ले ली गई है, और आपको किससे मिलना है यह मिटा दिया गया है। अगली खोज से पहले आपसे फिर पूछा जाएगा।
settings-edit-language = भाषा बदलें
settings-edit-wanted = किससे मिलना है, बदलें
settings-edit-ages = उम्र बदलें
settings-edit-country = देश बदलें
settings-done = हो गया

language-title = बॉट किस भाषा में बात करे?
language-changed = अब से यह बॉट आपसे हिन्दी में बात करेगा।

ages-title = आपके साथी की उम्र कितनी हो?
ages-body-any = अभी कोई भी उम्र ठीक है।
ages-body-from = अभी: { $low } और उससे अधिक।
ages-body = अभी: { $low } से { $high } तक।
ages-choice-any = कोई भी उम्र
ages-choice-from = { $low } और उससे अधिक
ages-choice = { $low } से { $high } तक
ages-youngest = कम से कम: { $age }
ages-oldest = अधिक से अधिक: { $age }

country-filter-title = आपका साथी कहाँ रहता हो?
country-filter-any = कोई भी देश
country-filter-mine = केवल { $country }
country-filter-body-any = अभी कोई भी देश ठीक है।
country-filter-body = अभी: केवल { $country }।
country-filter-hint = आप देश का नाम या उसका कोई हिस्सा लिख भी सकते हैं।
settings-last-wanted = कम से कम एक ज़रूरी है।

settings-media-on = केवल टेक्स्ट मोड: बंद
settings-media-off = केवल टेक्स्ट मोड: चालू, साथी आपको केवल टेक्स्ट और स्टिकर भेजते हैं
settings-withheld = कभी आगे नहीं भेजे जाते: { $kinds }
withheld-kind-photo = आपकी फ़ोटो
withheld-kind-voice = आपके वॉइस मैसेज
withheld-kind-video_note = आपके गोल वीडियो
settings-protect-on = आपके संदेश: साथी सहेज या आगे नहीं भेज सकते
settings-protect-off = आपके संदेश: साथी सहेज और आगे भेज सकते हैं
settings-reminders = सूचनाएँ: चालू, पर { $hours } नहीं
settings-reminders-always = सूचनाएँ: चालू, किसी भी समय
settings-reminders-off = सूचनाएँ: बंद
settings-edit-filters = और फ़िल्टर
settings-edit-chat = फ़ोटो, आवाज़ और सहेजना
settings-edit-reminders = सूचनाएँ और शांति का समय

filters-title = और किन्हें छोड़ा जाए?
filters-body = निशान का मतलब है कि केवल ऐसे ही लोग मिलेंगे। तब कम लोग मिलते हैं और इंतज़ार लंबा होता है।
filters-no-city = कृपया पहले अपनी प्रोफ़ाइल में शहर बताएँ।

# फ़िल्टर के नाम से ही उसके सब वाक्य बनते हैं, जब तक उसके अपने शब्द न हों: .switch बटन पर, .on और .off सेटिंग में, .wish वाक्य के बीच।
filter-usual-switch = { $filter }
filter-usual-on = { $filter }: ज़रूरी
filter-usual-off = { $filter }: ज़रूरी नहीं
filter-usual-wish = “{ $filter }” की शर्त
filter-gender = लिंग
    .wish = लिंग की शर्त
filter-age = उम्र
    .wish = उम्र की शर्त
filter-country = देश
    .wish = देश की शर्त
filter-city = केवल मेरे शहर से
    .on = शहर: केवल आपका
    .off = शहर: कोई भी
filter-interest = साझा रुचि
    .switch = केवल साझा रुचि वाले
    .wish = साझा रुचि की शर्त
filter-language = साझा भाषा
    .switch = केवल साझा भाषा वाले
    .wish = साझा भाषा की शर्त
filter-verified = केवल सत्यापित लोग
    .on = सत्यापित लोग: केवल वही
    .off = सत्यापित लोग: केवल वही नहीं

chat-settings-title = चैट में
chat-settings-body = केवल टेक्स्ट मोड में साथी आपको केवल टेक्स्ट और स्टिकर भेज सकते हैं; नहीं तो फ़ोटो और वीडियो से पहले आपसे पूछा जाता है। आप जो भी चुनें, स्क्रीन की फ़ोटो तो कोई भी ले सकता है।
chat-settings-text-only = केवल टेक्स्ट मोड
chat-settings-withhold-photo = मेरी फ़ोटो कभी आगे न भेजें
chat-settings-withhold-voice = मेरी आवाज़ कभी आगे न भेजें
chat-settings-withhold-video_note = मेरे गोल वीडियो कभी आगे न भेजें
chat-settings-protect = साथियों को सहेजने न दें

reminders-title = सूचनाएँ और शांति का समय
reminders-body = सूचनाएँ वे संदेश हैं जो किसी ने माँगे नहीं। चैट के संदेश हमेशा तुरंत आते हैं।
reminders-zone = आपका समय क्षेत्र: { $zone }। वहाँ अभी { $clock } बजे हैं।
reminders-switch = सूचनाएँ
reminders-edit-quiet = शांति का समय बदलें
reminders-edit-zone = समय क्षेत्र बदलें
zone-title = आप जहाँ रहते हैं वहाँ क्या समय है?
zone-body = ये आपके देश के समय क्षेत्र हैं।
zone-choice = { $place }, { $clock }
quiet-title = आपको कब परेशान न किया जाए?
quiet-none = शांति का कोई समय नहीं
quiet-choice = { $from } से { $until } तक
quiet-from = { $clock } से
quiet-until = { $clock } तक

filters-premium = उम्र, देश, “केवल मेरे शहर से” और “केवल साझा रुचि वाले” प्रीमियम का हिस्सा हैं: /premium देखें। बाक़ी फ़िल्टर सबके लिए मुफ़्त हैं।
filters-kept = अभी आपके पास प्रीमियम नहीं है। उसके जो फ़िल्टर आपने चुने थे वे सहेजे हुए हैं, पर लागू नहीं होते।
filters-need-premium = यह फ़िल्टर प्रीमियम का हिस्सा है। कुछ नहीं बदला गया। /premium देखें।
