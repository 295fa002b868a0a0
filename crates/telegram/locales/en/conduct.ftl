# Reporting and blocking.

block-title = Block this person?
block-body = You two will not be matched again, and a chat between you ends now. The other person is not told. A block cannot be taken back.
block-yes = Yes, block
block-no = No, go back
blocked-title = Blocked
blocked-body = You two will not be matched again.

report-title = What happened?
report-body-chat = The chat ends, you two will not be matched again, and our staff get your report with the chat's last messages (25 at most; of a report that somebody seems under 18, none is copied). The other person is not told who reported.
report-body-message = Your report is about the message you replied to. The chat ends, you two will not be matched again, and our staff get your report with the chat's last messages (25 at most; of a report that somebody seems under 18, none is copied). The other person is not told who reported.
report-one-hint = To report a single message, reply to it with /report.
report-done-title = Thank you for your report
report-done-body = It has reached our staff, and you will hear what we decided. You two will not be matched again.
report-words-ask = It has reached our staff, and you will hear what we decided. Want to tell them in your own words what happened? Write one message of up to 300 characters.
report-words-too-long = That has { $count } characters, and 300 is the most. Please shorten it.
report-words-done = Your words are with our staff as well, and you will hear what we decided.
report-no-chat = There is no chat to report. It works during a chat and for 48 hours after it.
block-no-chat = There is nobody to block. It works during a chat and for 48 hours after it.
conduct-too-late = This works for 48 hours after a chat, and that time is over.
report-message-unknown = I cannot find this message among those of your chats, so it cannot be reported. To report your current or last chat, send /report without replying to a message.
report-message-too-late = This message can no longer be reported: that works for 48 hours after a chat. To report your current or last chat, send /report without replying to a message.
partner-left = This person has left LuvHive.

reason-minor = Seems to be under 18
reason-threat = Threats or violence
reason-explicit = Unwanted sexual content
reason-image = My pictures without my consent
reason-scam = Fraud or advertising
reason-hate = Insults or hate
reason-pretend = Pretends to be somebody else
reason-other = Something else

# What a decision was about, as the rule and not as what somebody said.
decision-rule = The rule: { $rule }
rule-minor = LuvHive is for adults: nobody here is under 18, and nothing here is about minors.
rule-threat = Nobody threatens or harms anybody.
rule-explicit = Nothing sexual that the other person does not want.
rule-image = No pictures of anybody who has not agreed to it.
rule-scam = No fraud and no advertising.
rule-hate = No insults and no hate.
rule-pretend = Nobody pretends to be somebody else.
rule-other = It is named in the reason below.

cooldown-title = Take a break
sanctioned-cooldown = Take a break until { $until }. You can search and chat again after that.
sanctioned-pending = Our staff take a second look at whether it stays for good.
warned-title = This is a warning
warned-body = You can go on searching and chatting. Please keep to our rules.
removed-title = We removed a text of yours
removed-bio = The text about you is no longer in your profile. You can write a new one: send /profile.
removed-city = Your city is no longer in your profile. You can write it again: send /profile.

button-appeal = Appeal
appeal-title = Why was this wrong?
appeal-body = Tell us in one message, with { $most } characters at most. Our staff read it.
appeal-cancel = Don't appeal
appeal-no-words = I need words for this. Please type them.
appeal-too-long = That has { $count } characters and is too long. Please shorten it.
appeal-in-chat = You are in a chat, and what you type goes to your partner. Tap this again after the chat.
appeal-sent-title = We have your appeal
appeal-sent-body = Another member of our staff will look at it. If our staff is one person, that takes a day at least. You will hear the outcome here.
appeal-waits = We have your appeal. You will hear the outcome here.
appeal-twice = You have appealed already. You will hear the outcome here.
appeal-over = This can no longer be appealed.
appeal-overturned-title = We were wrong
appeal-overturned-body = The decision about your account is taken back. We are sorry.
appeal-upheld-title = The decision stays
appeal-upheld-body = We read your appeal and looked at it again. It cannot be appealed a second time.

report-upheld = Thank you for your report. We looked at it and acted on it.
report-dismissed = Thank you for your report. We looked at it and could not find that our rules were broken. You two will not be matched again all the same.
