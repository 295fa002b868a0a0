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
