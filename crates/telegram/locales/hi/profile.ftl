# अपनी प्रोफ़ाइल।

profile-title = आपकी प्रोफ़ाइल
profile-gender = लिंग: { $gender }
profile-born = जन्म: { $date } ({ $age ->
        [one] { $age } साल
       *[other] { $age } साल
    })
profile-country = देश: { $country }
profile-city = शहर: { $city }
profile-no-city = शहर: नहीं बताया गया
profile-languages = भाषाएँ: { $languages }
profile-interests = रुचियाँ: { $interests }
profile-note = साथी को आपका लिंग, आप दोनों की साझा भाषाएँ और वही दिखता है जो आप परिचय कार्ड पर दिखाना चाहें। लिंग और जन्म-तिथि बदले नहीं जा सकते।
profile-edit-languages = भाषाएँ बदलें
profile-edit-interests = रुचियाँ बदलें
profile-edit-country = देश बदलें
profile-edit-city = शहर बदलें
profile-done = हो गया
profile-last-language = कम से कम एक भाषा ज़रूरी है।
profile-last-interest = कम से कम एक रुचि ज़रूरी है।
profile-city-remove = मेरा शहर हटाएँ
profile-saved = बदल दिया गया।

profile-bio = आपके बारे में: { $bio }
profile-no-bio = आपके बारे में: अभी कुछ नहीं
profile-photo = फ़ोटो: सहेजी हुई
profile-no-photo = फ़ोटो: नहीं है
profile-edit-bio = अपना परिचय बदलें
profile-edit-photo = फ़ोटो बदलें
profile-edit-card = साथी को क्या दिखे
profile-statistics = मेरे आँकड़े

bio-title = आपके बारे में
bio-body = अपने बारे में कुछ शब्द लिखें, ज़्यादा से ज़्यादा { $most } अक्षर। इन्हें अनजान लोग पढ़ते हैं, इसलिए अपना नाम, लिंक, यूज़रनेम और फ़ोन नंबर न लिखें।
bio-now = अभी: { $bio }
bio-empty = इसमें पढ़ने लायक कुछ नहीं था। कृपया कुछ शब्द लिखें।
bio-too-long = इसमें { $count } अक्षर हैं, जो बहुत ज़्यादा हैं। कृपया छोटा करें।
bio-names-somebody = इसमें कोई लिंक, यूज़रनेम, पता, फ़ोन नंबर या किसी दूसरे ऐप का नाम जैसा लगता है। आपका कार्ड गुमनाम है, इसलिए कृपया उसे हटा दें।
profile-bio-remove = मेरा परिचय हटाएँ

photo-title = आपकी फ़ोटो
photo-body = अब मुझे एक फ़ोटो भेजें। वह केवल आपकी प्रोफ़ाइल में रहती है, किसी परिचय कार्ड पर नहीं दिखती।
photo-body-new = आपकी फ़ोटो सहेजी हुई है। बदलने के लिए दूसरी भेजें। वह किसी परिचय कार्ड पर नहीं दिखती।
photo-expected = कृपया फ़ोटो को फ़ाइल की तरह नहीं, फ़ोटो की तरह भेजें।
photo-show = मेरी फ़ोटो दिखाएँ
photo-remove = मेरी फ़ोटो हटाएँ
photo-preview = यह आपकी प्रोफ़ाइल की फ़ोटो है। इसे केवल आप देखते हैं।
photo-close = बंद करें
photo-none = आपकी प्रोफ़ाइल में कोई फ़ोटो नहीं है।

card-title = आपका परिचय कार्ड
card-body = जब कोई साथी मिलता है, तो उसे यह दिखता है:
card-note = रुचियाँ और भाषाएँ वही दिखती हैं जो साझा हों, रेटिंग तीन मिलने के बाद। किसी हिस्से को दिखाने या छिपाने के लिए उस पर टैप करें।
card-age = उम्र का दायरा
card-country = देश
card-city = शहर
card-interests = रुचियाँ
card-bio = मेरा परिचय
card-rating = रेटिंग

statistics-title = आपके आँकड़े
statistics-since = { $date } से यहाँ हैं
statistics-chats = चैट: { $count }
statistics-friends = दोस्त: { $count }
statistics-ratings = रेटिंग: { $up } अच्छी, { $down } ख़राब
statistics-badges = बैज: { $badges }
statistics-reset = मेरी रेटिंग फिर से शुरू करें ({ $stars } Stars)
badge-first-chat = पहली चैट
badge-ten-chats = दस चैट
badge-hundred-chats = सौ चैट
badge-well-liked = सबके पसंदीदा
badge-verified = सत्यापित
