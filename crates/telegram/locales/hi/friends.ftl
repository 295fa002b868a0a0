# दोस्त: साथी से पूछना, सूची, कोई एक दोस्त।

friend-add = 🤝 दोस्त बनाएँ
friend-sent = आपके साथी से पूछा गया है। उनके मानते ही आपको संदेश मिलेगा।
friend-made = अब आप दोनों दोस्त हैं।
friend-accepted = आपका अनुरोध मान लिया गया: आपको एक नया दोस्त मिला।
friend-declined = ठीक है। दूसरे व्यक्ति को बताया नहीं जाता।
friend-already = आप पहले से दोस्त हैं।
friend-asked-before = आप पूछ चुके हैं। उनके मानते ही आपको संदेश मिलेगा।
friend-blocked = आपने इस व्यक्ति को ब्लॉक किया है।
friend-full = आप दोनों में से किसी एक के पास जितने हो सकते हैं उतने दोस्त हैं।
friend-nothing-asked = यह अनुरोध अब नहीं है।
friend-no-chat = पूछने के लिए कोई नहीं है। यह चैट के दौरान और उसके बाद 48 घंटे तक काम करता है।
friend-suspended = जब तक आपका खाता निलंबित है, आप दोस्त नहीं बना सकते।
friend-asked-title = दोस्त बनेंगे?
friend-asked-body = एक चैट साथी आपसे जुड़े रहना चाहता है। दोस्त एक-दूसरे को सिक्के और प्रीमियम दे सकते हैं; किसी को पता नहीं चलता कि दूसरा कौन है।
friend-accept = हाँ, दोस्त बनें
friend-decline = नहीं

friends-open = दोस्त
friends-show = यह दोस्त दिखाएँ
friends-title = आपके दोस्त
friends-none = यहाँ अभी आपका कोई दोस्त नहीं है। चैट में, या उसके बाद 48 घंटे तक, /friend से अपने साथी से पूछें।
friends-body = आपको वही दिखता है जो उनके परिचय कार्ड पर है। कौन-सा दोस्त?
friends-label = नं. { $number }: { $who }
friends-one = दोस्त नं. { $number }
friends-since = { $date } से दोस्त
friends-give-premium = 🎁 प्रीमियम दें
friends-give-coins = सिक्के दें
friends-remove = यह दोस्त हटाएँ
friends-remove-title = दोस्त नं. { $number } को हटाएँ?
friends-remove-body = आप दोनों अब दोस्त नहीं रहेंगे। दूसरे व्यक्ति को बताया नहीं जाता।
friends-remove-yes = हाँ, हटाएँ
friends-removed = हटा दिया गया।
