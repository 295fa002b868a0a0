# Questions to start a chat with.

icebreaker-0 = What made you smile today?
icebreaker-1 = If you could wake up anywhere tomorrow, where would it be?
icebreaker-2 = Which song could you listen to all day?
icebreaker-3 = What would you cook for a guest you want to impress?
icebreaker-4 = Tea or coffee, and how exactly?
icebreaker-5 = Which film can you watch again and again?
icebreaker-6 = What did you want to be when you were a child?
icebreaker-7 = What is the best advice anyone ever gave you?
icebreaker-8 = Early bird or night owl?
icebreaker-9 = What would you do with a whole free day tomorrow?
icebreaker-10 = Which small thing makes your life better?
icebreaker-11 = What are you good at that few people know about?
