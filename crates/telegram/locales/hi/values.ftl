# मूल्यों के नाम।

gender-woman = महिला
gender-man = पुरुष
gender-nonbinary = नॉन-बाइनरी
genders-woman = महिलाएँ
genders-man = पुरुष
genders-nonbinary = नॉन-बाइनरी लोग

interest-chatting = बातचीत
interest-friends = दोस्ती
interest-relationship = रिश्ता
interest-love = प्यार
interest-games = गेम
interest-anime = एनिमे
interest-music = संगीत
interest-films = फ़िल्में
interest-travel = यात्रा
interest-sport = खेल-कूद
interest-study = पढ़ाई
interest-pets = पालतू जानवर

month-1 = जनवरी
month-2 = फ़रवरी
month-3 = मार्च
month-4 = अप्रैल
month-5 = मई
month-6 = जून
month-7 = जुलाई
month-8 = अगस्त
month-9 = सितंबर
month-10 = अक्टूबर
month-11 = नवंबर
month-12 = दिसंबर
day = { $day } { $month } { $year }
moment = { $day }, { $clock } UTC
