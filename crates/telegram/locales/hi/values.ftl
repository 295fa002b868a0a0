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

# `.also` में वे दूसरी वर्तनियाँ हैं जो तारीख़ लिखने पर समझी जाती हैं।
month-1 = जनवरी
    .also = जन
month-2 = फ़रवरी
    .also = फरवरी, फर
month-3 = मार्च
    .also = मार्च
month-4 = अप्रैल
    .also = अप्रेल
month-5 = मई
    .also = मई
month-6 = जून
    .also = जून
month-7 = जुलाई
    .also = जुल
month-8 = अगस्त
    .also = अग
month-9 = सितंबर
    .also = सितम्बर, सित
month-10 = अक्टूबर
    .also = अक्तूबर, अक्टू
month-11 = नवंबर
    .also = नवम्बर, नव
month-12 = दिसंबर
    .also = दिसम्बर, दिस
day = { $day } { $month } { $year }
moment = { $day }, { $clock } UTC
