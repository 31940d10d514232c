"""Names of emoji that authors of GitHub and Jekyll type between colons → the signs. The usual ones, not all."""

from __future__ import annotations

_PAIRS = """
+1 👍 -1 👎 100 💯 abacus 🧮 airplane ✈️ alarm_clock ⏰ alembic ⚗️ alien 👽 anchor ⚓ anger 💢
angry 😠 ant 🐜 apple 🍎 arrow_down ⬇️ arrow_left ⬅️ arrow_right ➡️ arrow_right_hook ↪️
arrow_up ⬆️ arrow_upper_right ↗️ arrows_counterclockwise 🔄 art 🎨 astonished 😲 avocado 🥑
baby 👶 back 🔙 balance_scale ⚖️ balloon 🎈 ballot_box_with_check ☑️ banana 🍌 bangbang ‼️
bar_chart 📊 baseball ⚾ basketball 🏀 battery 🔋 bear 🐻 bee 🐝 beer 🍺 beers 🍻 beetle 🐞
bell 🔔 bike 🚲 bird 🐦 birthday 🎂 black_circle ⚫ black_large_square ⬛ blue_heart 💙 blush 😊
boat ⛵ bomb 💣 book 📖 bookmark 🔖 bookmark_tabs 📑 books 📚 boom 💥 bouquet 💐 bow 🙇 boy 👦
brain 🧠 broken_heart 💔 bug 🐛 bulb 💡 bus 🚌 butterfly 🦋 cactus 🌵 cake 🍰 calendar 📆
call_me_hand 🤙 camera 📷 candy 🍬 car 🚗 cat 🐱 cd 💿 chart_with_downwards_trend 📉
chart_with_upwards_trend 📈 checkered_flag 🏁 cherries 🍒 cherry_blossom 🌸 chicken 🐔
chocolate_bar 🍫 christmas_tree 🎄 city_sunset 🌆 clap 👏 clipboard 📋 cloud ☁️ clown_face 🤡
cocktail 🍸 coffee ☕ cold_sweat 😰 collision 💥 compass 🧭 computer 💻 confetti_ball 🎊
confused 😕 construction 🚧 construction_worker 👷 cookie 🍪 cool 🆒 cop 👮 copyright © corn 🌽
couple 👫 cow 🐮 crab 🦀 credit_card 💳 crescent_moon 🌙 crossed_fingers 🤞 cry 😢
crystal_ball 🔮 cyclone 🌀 dancer 💃 dancers 👯 dart 🎯 dash 💨 date 📅 deciduous_tree 🌳
detective 🕵️ disappointed 😞 dizzy_face 😵 dna 🧬 dog 🐶 dollar 💵 dolphin 🐬 dragon 🐉
droplet 💧 dvd 📀 ear 👂 earth_africa 🌍 earth_americas 🌎 earth_asia 🌏 eggplant 🍆
electric_plug 🔌 elephant 🐘 email ✉️ end 🔚 envelope ✉️ evergreen_tree 🌲 exclamation ❗
exploding_head 🤯 expressionless 😑 eye 👁️ eyes 👀 facepalm 🤦 facepunch 👊 factory 🏭
fallen_leaf 🍂 family 👪 fearful 😨 fire 🔥 fish 🐟 fist ✊ flashlight 🔦 floppy_disk 💾 foggy 🌁
football 🏈 four_leaf_clover 🍀 fox_face 🦊 free 🆓 fries 🍟 frog 🐸 full_moon 🌕 game_die 🎲
gear ⚙️ gem 💎 ghost 👻 gift 🎁 girl 👧 globe_with_meridians 🌐 grapes 🍇 green_apple 🍏
green_circle 🟢 green_heart 💚 grey_exclamation ❕ grey_question ❔ grimacing 😬 grin 😁
guitar 🎸 gun 🔫 hamburger 🍔 hammer 🔨 hamster 🐹 hand ✋ handshake 🤝 hankey 💩 headphones 🎧
heart ❤️ heart_eyes 😍 heartbeat 💓 heavy_check_mark ✔️ heavy_minus_sign ➖
heavy_multiplication_x ✖️ heavy_plus_sign ➕ herb 🌿 hibiscus 🌺 horse 🐴 hospital 🏥
hourglass ⌛ hourglass_flowing_sand ⏳ house 🏠 hugs 🤗 hushed 😯 imp 👿 inbox_tray 📥
infinity ♾️ information_source ℹ️ innocent 😇 interrobang ⁉️ iphone 📱 jack_o_lantern 🎃
jigsaw 🧩 joy 😂 key 🔑 kiss 💋 kissing_heart 😘 knife 🔪 koala 🐨 label 🏷️ large_blue_circle 🔵
laughing 😆 leaves 🍃 leftwards_arrow_with_hook ↩️ lemon 🍋 link 🔗 lion 🦁 lips 👄 llama 🦙
lock 🔒 loudspeaker 📢 mag 🔍 mag_right 🔎 magic_wand 🪄 magnet 🧲 mailbox 📫 man 👨
maple_leaf 🍁 mask 😷 mega 📣 memo 📝 metal 🤘 microphone 🎤 microscope 🔬 moneybag 💰 monkey 🐒
monkey_face 🐵 mountain ⛰️ mouse 🐭 muscle 💪 mushroom 🍄 musical_note 🎵
negative_squared_cross_mark ❎ nerd_face 🤓 neutral_face 😐 new 🆕 new_moon 🌑 no_bell 🔕
no_entry ⛔ no_entry_sign 🚫 no_mouth 😶 nose 👃 notebook 📓 notes 🎶 nut_and_bolt 🔩 o ⭕
ocean 🌊 octopus 🐙 office 🏢 ok 🆗 ok_hand 👌 older_man 👴 older_woman 👵 on 🔛 open_hands 👐
open_mouth 😮 outbox_tray 📤 owl 🦉 package 📦 page_facing_up 📄 page_with_curl 📃 palm_tree 🌴
panda_face 🐼 paperclip 📎 parrot 🦜 partying_face 🥳 peach 🍑 pencil 📝 pencil2 ✏️ penguin 🐧
pensive 😔 persevere 😣 petri_dish 🧫 phone ☎️ pig 🐷 pill 💊 pineapple 🍍 pizza 🍕
point_down 👇 point_left 👈 point_right 👉 point_up ☝️ poop 💩 popcorn 🍿 pray 🙏 pretzel 🥨
princess 👸 punch 👊 purple_heart 💜 pushpin 📌 question ❓ rabbit 🐰 rage 😡 rainbow 🌈
raised_hand ✋ raised_hands 🙌 raising_hand 🙋 receipt 🧾 recycle ♻️ red_circle 🔴
registered ® relaxed ☺️ repeat 🔁 robot 🤖 rocket 🚀 rofl 🤣 roll_eyes 🙄 rose 🌹
rotating_light 🚨 round_pushpin 📍 runner 🏃 santa 🎅 satellite 📡 school 🏫 scissors ✂️
scream 😱 scroll 📜 seedling 🌱 shield 🛡️ ship 🚢 shrug 🤷 skull 💀 sleeping 😴 sleepy 😪
slightly_smiling_face 🙂 sloth 🦥 smile 😄 smiley 😃 smiling_imp 😈 smirk 😏 snail 🐌 snake 🐍
snowflake ❄️ snowman ☃️ sob 😭 soccer ⚽ soon 🔜 sos 🆘 space_invader 👾 sparkles ✨ speaker 🔈
speech_balloon 💬 star ⭐ star2 🌟 stop_sign 🛑 stopwatch ⏱️ straight_ruler 📏 strawberry 🍓
stuck_out_tongue_winking_eye 😜 sun_with_face 🌞 sunflower 🌻 sunglasses 😎 sunny ☀️
sunrise 🌅 sweat 😓 sweat_drops 💦 sweat_smile 😅 syringe 💉 tada 🎉 tangerine 🍊 taxi 🚕 tea 🍵
telephone ☎️ telescope 🔭 tennis 🎾 test_tube 🧪 thinking 🤔 thinking_face 🤔
thought_balloon 💭 thumbsdown 👎 thumbsup 👍 tiger 🐯 timer_clock ⏲️ tired_face 😫 tm ™
tomato 🍅 top 🔝 train 🚋 triangular_flag_on_post 🚩 triangular_ruler 📐 triumph 😤 trophy 🏆
tulip 🌷 turtle 🐢 tv 📺 umbrella ☂️ unamused 😒 unicorn 🦄 unlock 🔓 up 🆙 upside_down_face 🙃
v ✌️ video_camera 📹 video_game 🎮 volcano 🌋 vulcan_salute 🖖 walking 🚶 warning ⚠️
wastebasket 🗑️ watch ⌚ watermelon 🍉 wave 👋 weary 😩 whale 🐳 white_check_mark ✅
white_circle ⚪ white_large_square ⬜ wine_glass 🍷 wink 😉 wolf 🐺 woman 👩 world_map 🗺️
worried 😟 wrench 🔧 writing_hand ✍️ x ❌ yellow_circle 🟡 yellow_heart 💛 yum 😋 zany_face 🤪
zap ⚡ zzz 💤
"""
_WORDS = _PAIRS.split()
EMOJI = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))
"""Sign by name."""
