# सिक्के: पाना, देना, ख़र्च करना, और दोस्तों को बुलाना।

coins-title = आपके सिक्के
coins-balance = { $coins ->
        [one] आपके पास { $coins } सिक्का है।
       *[other] आपके पास { $coins } सिक्के हैं।
    }
coins-daily-now = आज के { $coins } सिक्के आपका इंतज़ार कर रहे हैं।
coins-daily-later = रोज़ के अगले सिक्के { $hours } घंटे { $minutes } मिनट में मिलेंगे।
coins-spin-now = आप अभी चक्का घुमा सकते हैं: इससे 0 से 100 तक सिक्के मिलते हैं।
coins-spin-later = आप चक्का फिर से { $hours } घंटे { $minutes } मिनट में घुमा सकते हैं।
coins-note = { $coins } सिक्कों में { $days } दिन का प्रीमियम मिलता है। आप अपने चैट साथी को भी सिक्के दे सकते हैं, और किसी को पता नहीं चलता कि दूसरा कौन है।
coins-take-daily = रोज़ के सिक्के लें
coins-spin = चक्का घुमाएँ
coins-gifts = मेरे चैट साथी को दें
coins-redeem = सिक्कों से प्रीमियम लें
coins-invite = दोस्तों को बुलाएँ
coins-daily-got = ये रहे आज के { $coins } सिक्के।
coins-spun = { $coins ->
        [0] इस बार चक्के से कुछ नहीं मिला।
       *[other] चक्के से आपको { $coins } सिक्के मिले।
    }
coins-too-soon = अभी समय नहीं हुआ है। कृपया { $hours } घंटे { $minutes } मिनट बाद आएँ।
coins-too-few = आपके पास { $have } सिक्के हैं, जबकि { $need } चाहिए।
coins-gifts-title = चैट साथी के लिए सिक्के
coins-gifts-body = आपके चैट साथी को कितने सिक्के मिलें? उन्हें सिक्के दिखेंगे, पर यह नहीं कि आप कौन हैं।
coins-friend-title = दोस्त के लिए सिक्के
coins-friend-body = आपके दोस्त को कितने सिक्के मिलें? उन्हें सिक्के दिखेंगे, पर यह नहीं कि आप कौन हैं।
coins-give = { $coins } सिक्के
coins-given = आपने { $coins } सिक्के दिए।
coins-received = एक चैट साथी या दोस्त ने आपको { $coins } सिक्के दिए हैं। /coins देखें।
coins-done-before = यह पहले ही हो चुका है।
coins-open = सिक्के
coins-redeem-title = सिक्कों से प्रीमियम लें?
coins-redeem-body = { $coins } सिक्कों के बदले { $days } दिन का प्रीमियम मिलेगा, जो आपके बचे समय में जुड़ेगा।
coins-redeem-yes = { $coins } सिक्कों में { $days } दिन
coins-redeemed = हो गया: { $days } दिन का प्रीमियम जोड़ दिया गया।

invite-title = दोस्तों को बुलाएँ
invite-body = यह लिंक दोस्तों को भेजें। जब कोई नया व्यक्ति इससे आकर अपनी पहली चैट पूरी करता है, तो आप दोनों को { $coins } सिक्के मिलते हैं।
invite-paid-host = आपके बुलाए एक व्यक्ति ने अपनी पहली चैट पूरी कर ली: आपको { $coins } सिक्के मिले। /coins देखें।
invite-paid-guest = आप बुलावे पर आए और अपनी पहली चैट पूरी कर ली: आपको { $coins } सिक्के मिले। /coins देखें।
