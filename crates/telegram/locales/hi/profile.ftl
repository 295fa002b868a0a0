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
profile-note = आपके साथियों को आपका लिंग, उम्र का दायरा, देश, और वह सब दिखता है जो आप दोनों में एक जैसा है। लिंग और जन्म-तिथि बदले नहीं जा सकते।
profile-edit-languages = भाषाएँ बदलें
profile-edit-interests = रुचियाँ बदलें
profile-edit-country = देश बदलें
profile-edit-city = शहर बदलें
profile-done = हो गया
profile-last-language = कम से कम एक भाषा ज़रूरी है।
profile-last-interest = कम से कम एक रुचि ज़रूरी है।
profile-city-remove = मेरा शहर हटाएँ
profile-saved = बदल दिया गया।
