# Friends: asking a partner, the list, one of them.

friend-add = 🤝 Add as a friend
friend-sent = Your partner is asked. You will hear from me when they accept.
friend-made = You two are friends now.
friend-accepted = Your request was accepted: you have a new friend.
friend-declined = All right. The other person is not told.
friend-already = You are friends already.
friend-asked-before = You have asked already. You will hear from me when they accept.
friend-blocked = You have blocked this person.
friend-full = One of you two has as many friends as possible already.
friend-nothing-asked = This request does not stand any more.
friend-no-chat = There is nobody to ask. It works during a chat and for 48 hours after it.
friend-suspended = While your account is suspended you cannot make friends.
friend-asked-title = Be friends?
friend-asked-body = A chat partner would like to stay in touch with you. Friends can give each other coins and premium; neither of you learns who the other is.
friend-accept = Yes, be friends
friend-decline = No

friends-open = Friends
friends-show = Show this friend
friends-title = Your friends
friends-none = You have no friends here yet. In a chat, or for 48 hours after it, you can ask your partner with /friend.
friends-body = You see what their match cards show. Which one?
friends-label = No. { $number }: { $who }
friends-one = Friend no. { $number }
friends-since = Friends since { $date }
friends-invite = 💬 Invite to chat
friends-give-premium = 🎁 Give premium
friends-give-coins = Give coins
friends-remove = Remove this friend
friends-remove-title = Remove friend no. { $number }?
friends-remove-body = You will not be friends any more. The other person is not told.
friends-remove-yes = Yes, remove
friends-removed = Removed.

invitation-suspended = While your account is suspended you cannot invite anybody.
invitation-sent = { $minutes ->
        [one] Your invitation to friend no. { $number } is sent. It stands for a minute.
       *[other] Your invitation to friend no. { $number } is sent. It stands for { $minutes } minutes.
    }
invitation-title = Friend no. { $number } invites you to chat
invitation-asked = { $minutes ->
        [one] Would you like to chat? The invitation stands for a minute. If you say no, your friend is not told.
       *[other] Would you like to chat? The invitation stands for { $minutes } minutes. If you say no, your friend is not told.
    }
invitation-accept = Yes, let us chat
invitation-decline = Not now
invitation-busy = You are with somebody else just now. I show you the invitation again when that is over, if it still stands.
invitation-held = { $minutes ->
        [one] Your friend is with somebody else just now. If that is over within a minute, I bring you two together.
       *[other] Your friend is with somebody else just now. If that is over within { $minutes } minutes, I bring you two together.
    }
invitation-declined = All right, not now. Your friend is not told.
invitation-taken = Friend no. { $number } would like to chat with you. Press “Chat” on the card below.
invitation-over = The time of your invitation to friend no. { $number } is over. It did not become a chat.
invitation-never-free = Your friend was not free in time. It did not become a chat.
