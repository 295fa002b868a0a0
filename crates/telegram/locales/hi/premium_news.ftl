# What people are told about their premium without having asked.
premium-news-gift-title = आपके लिए एक तोहफ़ा
premium-news-gift = { $days ->
    [one] किसी ने आपको { $days } दिन का प्रीमियम तोहफ़े में दिया है।
   *[other] किसी ने आपको { $days } दिनों का प्रीमियम तोहफ़े में दिया है।
}
premium-news-taken-title = एक तोहफ़ा वापस लिया गया
premium-news-taken = { $days ->
    [one] आपको तोहफ़े में मिले { $days } दिन के प्रीमियम के पैसे देने वाले को लौटा दिए गए हैं।
   *[other] आपको तोहफ़े में मिले { $days } दिनों के प्रीमियम के पैसे देने वाले को लौटा दिए गए हैं।
}
premium-news-granted-title = आपके लिए प्रीमियम
premium-news-granted = { $days ->
    [one] हमारी टीम ने आपको { $days } दिन का प्रीमियम दिया है।
   *[other] हमारी टीम ने आपको { $days } दिनों का प्रीमियम दिया है।
}
premium-news-trial-title = प्रीमियम आज़माइए
premium-news-trial = { $days ->
    [one] आपकी पहली चैट पूरी हुई। अब आप { $days } दिन तक प्रीमियम आज़मा सकते हैं।
   *[other] आपकी पहली चैट पूरी हुई। अब आप { $days } दिनों तक प्रीमियम आज़मा सकते हैं।
}
premium-news-until = आपका प्रीमियम { $until } तक है।
