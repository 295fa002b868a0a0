# सेटिंग: भाषा, और किससे मिलना है।

settings-title = सेटिंग
settings-language = बॉट की भाषा: { $language }
settings-wanted = आपको मिलना है: { $genders }
settings-ages = उम्र: { $low }–{ $high }
settings-ages-from = उम्र: { $low } और उससे अधिक
settings-ages-any = उम्र: कोई भी
settings-country = देश: { $country }
settings-country-any = देश: कोई भी
settings-common-on = साझा भाषा: ज़रूरी
settings-common-off = साझा भाषा: ज़रूरी नहीं
settings-note = चल रही खोज में बदलाव तुरंत लागू होते हैं।
settings-edit-language = भाषा बदलें
settings-edit-wanted = किससे मिलना है, बदलें
settings-edit-ages = उम्र बदलें
settings-edit-country = देश बदलें
settings-turn-common-on = साझा भाषा ज़रूरी करें
settings-turn-common-off = साझा भाषा के बिना भी मिलाएँ
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
