# मेन्यू, उसके बटन, Telegram की कमांड-सूची, और जो समझ में न आए उसके उत्तर।

own-name = हिन्दी
list-comma = ,{" "}

button-find = 🔎 साथी खोजें
button-cancel-search = ✖️ खोज बंद करें
button-next = ⏭ अगला साथी
button-stop = ⏹ चैट बंद करें
button-report = 🚩 शिकायत करें
button-block = 🚫 ब्लॉक करें
button-profile = 👤 मेरी प्रोफ़ाइल
button-settings = ⚙️ सेटिंग
button-premium = ⭐ प्रीमियम
button-help = ❓ मदद

button-back = ← पीछे
button-continue = आगे बढ़ें
button-previous-page = ← पिछला पन्ना
button-next-page = अगला पन्ना →
# चुना हुआ विकल्प।
button-chosen = ✓ { $choice }

command-find = साथी खोजें
command-next = यह चैट बंद करके अगला साथी खोजें
command-stop = चैट या खोज बंद करें
command-report = साथी की शिकायत करें
command-block = साथी को ब्लॉक करें
command-friend = अपने साथी को दोस्त बनाएँ
command-menu = मेन्यू दिखाएँ
command-profile = अपनी प्रोफ़ाइल देखें और बदलें
command-settings = किससे मिलना है, उम्र, भाषा
command-premium = प्रीमियम से क्या बदलता है और कितने में मिलता है
command-coins = आपके सिक्के: पाएँ, दें और ख़र्च करें
command-invite = दोस्तों को बुलाएँ
command-language = भाषा चुनें
command-help = LuvHive कैसे काम करता है
command-privacy = आपके बारे में क्या रखा जाता है
command-terms = नियम
command-paysupport = भुगतान में मदद
command-support = किस बात में मदद कहाँ मिलेगी
command-my-data = आपके बारे में दर्ज सब कुछ पाएँ
command-delete-me = अपना खाता हटाएँ

menu-title = अब क्या करना है?
menu-body = चैट के लिए साथी खोजें, या अपनी प्रोफ़ाइल और सेटिंग देखें।
menu-body-chat = आप चैट में हैं: आप जो लिखेंगे वह आपके साथी को मिलेगा। नीचे के बटनों से अगला साथी खोजें, चैट बंद करें, शिकायत करें या ब्लॉक करें।

idle-hint = आप अभी किसी चैट में नहीं हैं, इसलिए यह संदेश किसी को नहीं मिला। किसी से मिलने के लिए “साथी खोजें” दबाएँ।
stale-button = यह बटन पिछले चरण का है। कृपया सबसे नए संदेश के बटन दबाएँ।
old-button = यह बटन बहुत पुराना है और अब काम नहीं करता। कृपया मेन्यू से चुनें।
already-done = यह पहले से ऐसा ही है।
busy = अभी थोड़ी भीड़ है। आपका अनुरोध सुरक्षित है; जैसे ही हो सके, उत्तर मिल जाएगा।
private-only = यह बॉट केवल निजी चैट में काम करता है, ग्रुप में उत्तर नहीं देता। सही जगह यही है।
older-dialog = आप LuvHive के पुराने संस्करण में बीच में रुके थे, इसलिए कृपया फिर से शुरू करें। असुविधा के लिए क्षमा करें!
dismissed = ठीक है, कुछ नहीं बदला गया।
